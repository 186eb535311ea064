package run

import (
	"fmt"
	"os"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// One thread: the networks of these tests are so small that threads would only
// wait for each other, and packages are tested side by side.
func TestMain(m *testing.M) {
	if err := torch.SetNumThreads(1); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
