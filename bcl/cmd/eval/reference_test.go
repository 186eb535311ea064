package eval

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/cmd/cli"
)

// What the authors' test.py is called with means the same here.
func TestReferenceCommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"split/cifar100", "split/cifar100_imbSub_with_subsets"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join("split", "cifar100", "cifar100_trainIdxList.npy")
	if err := os.WriteFile(list, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o := newOptions()
	line := "--checkpoint FILE --test_fullshot --test_100shot --test_50shot --data_folder DIR --prune"
	if err := o.flags.Parse(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	if err := o.translate(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.shotWords, " "); got != "full 100 50" {
		t.Errorf("protocols %q", got)
	}
	if o.Data != "DIR" || o.device != "auto" || strings.Join(o.by, " ") != "probe" || len(o.probeLists) != 1 || o.probeLists[0] != list || o.splits != filepath.Dir("split/cifar100_imbSub_with_subsets/x") {
		t.Errorf("%+v", o)
	}
}

// The lines that programs read, of a whole run.
func TestTheirLines(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	code, stdout, stderr := call("--checkpoint", filepath.Join(dir, "model.pt"), "--data_folder", data, "--test_fullshot", "--probe-epochs", "3", "--threads", "1", "--device", "cpu")
	if code != cli.OK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if !regexp.MustCompile(`(?m)^Accuracy fullshot \{1: [\d.]+, 5: [\d.]+\}$`).MatchString(stdout) {
		t.Error(stdout)
	}
	code, _, stderr = call("--checkpoint", filepath.Join(dir, "model.pt"), "--data_folder", data, "--prune", "--device", "cpu")
	if code != cli.Failure || !strings.Contains(stderr, "--prune=true, but the network is one of SimCLR") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	code, _, stderr = call(dir, "--data_folder", data, "--data", data)
	if code != cli.Usage || !strings.Contains(stderr, "are the same: give one") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
