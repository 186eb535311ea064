package device

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func TestOpen(t *testing.T) {
	d, note, err := Open("cpu", 1)
	if err != nil || d != torch.CPU || note != "" {
		t.Errorf("cpu: %v, %q, error %v", d, note, err)
	}
	if n, err := torch.NumThreads(); err != nil || n != 1 {
		t.Errorf("%d threads, want 1; error %v", n, err)
	}
	d, note, err = Open("auto", 1)
	if err != nil || d.IsCUDA() == strings.HasPrefix(note, "no GPU is used: ") {
		t.Errorf("auto: %v, %q, error %v", d, note, err)
	}
	if _, _, err := Open("tpu", 1); err == nil || !strings.Contains(err.Error(), `"tpu"`) {
		t.Errorf("tpu: error %v", err)
	}
}
