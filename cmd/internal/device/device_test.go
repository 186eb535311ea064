package device

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func TestOpen(t *testing.T) {
	d, note, err := Open("cpu", true, 1)
	if err != nil || d != torch.CPU || note != "" {
		t.Errorf("cpu: %v, %q, error %v", d, note, err)
	}
	if n, err := torch.NumThreads(); err != nil || n != 1 {
		t.Errorf("%d threads, want 1; error %v", n, err)
	}
	d, note, err = Open("auto", true, 1)
	if err != nil || d.IsCUDA() == strings.HasPrefix(note, "no GPU is used: ") {
		t.Errorf("auto: %v, %q, error %v", d, note, err)
	}
	// What is no device anywhere is an error of usage, what this machine lacks is not.
	for name, usage := range map[string]bool{"tpu": true, "gpu": true, "cuda:": true, "cuda:-1": true, "": true, "CPU": true, "cuda:99": false} {
		_, _, err := Open(name, true, 1)
		var wrong *cli.UsageError
		if err == nil || errors.As(err, &wrong) != usage || !strings.Contains(err.Error(), strconv.Quote(name)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestManyThreads(t *testing.T) {
	defer torch.SetNumThreads(1)
	_, note, err := Open("cpu", true, 5000)
	if err != nil || !strings.Contains(note, "5000 threads on ") {
		t.Errorf("note %q, error %v", note, err)
	}
}

// The default does not look for CUDA where there is no driver.
func TestParse(t *testing.T) {
	if d, err := Parse(Auto, false); err != nil || d.IsCUDA() && !hasDriver() {
		t.Errorf("auto: %v, error %v", d, err)
	}
	if d, err := Parse("cpu", true); err != nil || d != torch.CPU {
		t.Errorf("cpu: %v, error %v", d, err)
	}
}
