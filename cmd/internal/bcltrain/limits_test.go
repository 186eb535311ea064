package bcltrain

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
)

// A number that cannot be meant is an error of usage that names its flag, not one of the
// learning rate or of memory once training has begun.
func TestNumbersBeyondMeaning(t *testing.T) {
	for want, args := range map[string][]string{
		"--loss-gamma is 1e+300, expected 0 to 100":                                {"--loss", "focal", "--loss-gamma", "1e300"},
		"--loss-beta is 1e+300, expected 0 to 100":                                 {"--loss", "hard-negative", "--loss-beta", "1e300"},
		"--loss-sigma is 1e-300, expected 0.01 to 100":                             {"--loss", "dclw", "--loss-sigma", "1e-300"},
		"--temperature is 1e-300, expected 0.001 to 1000":                          {"--temperature", "1e-300"},
		"with 0.001 <= LOW <= HIGH <= 1000":                                        {"--temperature-schedule", "1e-300,1,400"},
		"--lr is 1e+300, expected a positive number that float32 holds":            {"--lr", "1e300"},
		"--weight-decay is 1e+300, expected 0 to 100":                              {"--weight-decay", "1e300"},
		"--rwsam-rho is 1e+300, expected 0 to 100":                                 {"--rwsam", "--rwsam-rho", "1e300"},
		"--rwsam-alpha is 1e+300, expected 0 to 100":                               {"--rwsam", "--rwsam-alpha", "1e300"},
		"--harmonize-weight is 1e+300, expected a positive number up to 1000":      {"--harmonize", "--harmonize-from", "2", "--harmonize-lr-share", "0", "--harmonize-weight", "1e300"},
		"--memory-horizon is 9999999999, expected a number of epochs up to 100000": {"--memory-horizon", "9999999999"},
		"--moco-k is 100000000000, expected at most ":                              {"--method", "moco", "--moco-k", "100000000000"},
	} {
		code, _, stderr := call(tiny("embedded", t.TempDir(), args...)...)
		if code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, want %q: %s", args, code, want, stderr)
		}
	}
}

// The queue of the paper fits where its keys and similarities do.
func TestQueueOfMemory(t *testing.T) {
	o := newOptions()
	o.config.Method = method.MoCo
	if err := o.checkQueue(1 << 30); err != nil {
		t.Error(err)
	}
	if err := o.checkQueue(1 << 28); err == nil || !strings.Contains(err.Error(), "--moco-k is 65536, expected at most 40329: ") {
		t.Error(err)
	}
	if err := o.checkQueue(0); err != nil {
		t.Error(err)
	}
}

// With constant weights it is said that how they are made changes nothing.
func TestWeightsOfConstant(t *testing.T) {
	for _, control := range [][]string{{"--method", "bcl-i", "--memory-control", "constant"}, {"--method", "bcl-i-constant"}} {
		o := newOptions()
		args := tiny("embedded", t.TempDir(), append(control, "--memory-weights", "rank")...)
		if err := o.flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		if err := o.resolve(); err != nil || len(o.theirs.Remarks) != 1 || !strings.Contains(o.theirs.Remarks[0], "--memory-weights rank changes what is shown of the memory and nothing else") {
			t.Errorf("%s: %q, error %v", control, o.theirs.Remarks, err)
		}
	}
}
