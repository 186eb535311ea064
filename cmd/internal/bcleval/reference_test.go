package bcleval

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// parsed reads a command line, ours or the authors', as Main does.
func parsed(t *testing.T, line string) (*options, error) {
	t.Helper()
	o := newOptions()
	o.theirs = authors.NewEval(strings.Fields(line))
	if err := o.flags.Parse(o.theirs.Args); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return o, o.theirs.Err
}

// The authors' test.py command line means the same here.
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
	o, err := parsed(t, "--checkpoint FILE --test_fullshot --test_100shot --test_50shot --data_folder DIR --prune")
	if err != nil || strings.Join(o.flags.Args(), " ") != "FILE" {
		t.Fatal(o.flags.Args(), err)
	}
	if got := strings.Join(o.shotWords, " "); got != "full 100 50" {
		t.Errorf("protocols %q", got)
	}
	if o.Data != "DIR" || o.device != "auto" || strings.Join(o.by, " ") != "probe" || len(o.probeLists) != 1 || o.probeLists[0] != list || o.splits != filepath.Dir("split/cifar100_imbSub_with_subsets/x") {
		t.Errorf("%+v", o)
	}
}

// --dataset chooses the set where both exist, and its lists; the other set alone is an
// error.
func TestReferenceDataset(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"both/cifar-10-batches-py/test_batch", "both/cifar-100-python/test", "ten/cifar-10-batches-bin/test_batch.bin",
		"both/split/cifar10/cifar10_trainIdxList.npy", "both/split/cifar100/cifar100_trainIdxList.npy"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]string{
		"--data_folder both":                   "both/cifar-100-python both/split/cifar100/cifar100_trainIdxList.npy",
		"--data_folder both --dataset cifar10": "both/cifar-10-batches-py both/split/cifar10/cifar10_trainIdxList.npy",
		"--data_folder ten --dataset cifar10":  "ten/cifar-10-batches-bin ",
		"--data_folder none":                   "none ",
		"--data_folder ten":                    "error: --dataset cifar100: data set ten: holds cifar10 (ten/cifar-10-batches-bin), expected cifar100",
		"--data_folder ten --dataset imagenet": `error: dataset "imagenet" is not cifar100 or cifar10; for other images give --data PLACE`,
		"--data ten --dataset cifar10":         "error: --dataset belongs to --data-folder; --data detects the data set",
		"--dataset cifar10":                    "error: --dataset belongs to --data-folder; --data detects the data set",
	} {
		o, err := parsed(t, "FILE --test_fullshot "+line)
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			got = o.Data + " " + strings.Join(o.probeLists, ",")
		}
		if got != want {
			t.Errorf("%s:\n\t%s, want\n\t%s", line, got, want)
		}
	}
}

// The lines that programs read, of a full run.
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
	// Lists of CIFAR-100 in the same folder are not those of these images.
	t.Chdir(t.TempDir())
	list := filepath.Join("split", "cifar100", "cifar100_trainIdxList.npy")
	if err := os.MkdirAll(filepath.Dir(list), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := dataset.WriteIndexList(list, []int{0, 8, 16}); err != nil {
		t.Fatal(err)
	}
	code, _, stderr = call(dir, "--test_fullshot", "--device", "cpu")
	if code != cli.Failure || !strings.Contains(stderr, "the lists of cifar100 in split are not those of "+data+" (folder)") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
