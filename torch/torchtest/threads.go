package torchtest

import (
	"fmt"
	"os"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// OneThread is a TestMain for tests of networks so small that threads would only wait for
// each other when packages are tested in parallel.
func OneThread(m *testing.M) {
	if err := torch.SetNumThreads(1); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
