package bcleval

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// No output replaces a file unless --force says so, and none what is evaluated or a file of a
// run. It is said before the work.
func TestOutputsReplaceNothing(t *testing.T) {
	data := colours(t)
	dir, out := trained(t, data), t.TempDir()
	model := filepath.Join(dir, "model.pt")
	before, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(out, "copy.pt")
	mine := map[string]string{}
	for _, name := range []string{"mine.pt", "mine-2-shot-seed-1.pt", "mine.csv"} {
		mine[name] = filepath.Join(out, name)
		if err := os.WriteFile(mine[name], []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(copied, before, 0o600); err != nil {
		t.Fatal(err)
	}
	tune := []string{"--by", "finetune", "--finetune-epochs", "1", "--finetune-batch-size", "8", "--threads", "1"}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{append(tune, dir, "--finetune-save", mine["mine.pt"]), cli.Failure, "--finetune-save: " + mine["mine.pt"] + ": the file exists; --force replaces it"},
		{append(tune, dir, "--finetune-save", mine["mine.pt"], "--shots", "full,2", "--shot-subsets", "1"), cli.Failure, "mine-2-shot-seed-1.pt: the file exists"},
		{append(tune, dir, "--finetune-save", model, "--force"), cli.Failure, model + " is what is evaluated"},
		{append(tune, dir, "--finetune-save", filepath.Join(dir, "model_7.pt"), "--force"), cli.Failure, "model_7.pt is a file of a run"},
		{append(tune, copied, "--finetune-save", copied, "--force"), cli.Failure, copied + " is what is evaluated"},
		{[]string{dir, "--by", "knn", "--csv", mine["mine.csv"]}, cli.Failure, "--csv: " + mine["mine.csv"] + ": the file exists; --force replaces it"},
		{[]string{dir, "--by", "knn", "--csv", filepath.Join(dir, "log.txt"), "--force"}, cli.Failure, "log.txt is a file of a run"},
		{[]string{dir, "--by", "knn", "--csv", out}, cli.Failure, "is a folder"},
		{[]string{dir, "--by", "knn", "--csv", filepath.Join(out, "a.csv"), "--tail-curve", filepath.Join(out, ".", "a.csv")}, cli.Usage, "--csv and --tail-curve both name "},
		{[]string{dir, "--by", "knn", "--finetune-save", filepath.Join(out, "b.pt")}, cli.Usage, "--finetune-save does nothing without finetune in --by"},
		{[]string{dir, "--by", "knn", "--threads", "1", "--finetune-crop", "pad", "--csv", mine["mine.csv"], "--force"}, cli.OK, "--finetune-crop does nothing without probe-sdclr or finetune in --by"},
		{[]string{dir, "--by", "knn", "--threads", "1", "--ridge-penalty", "1"}, cli.OK, "--ridge-penalty does nothing without ridge in --by"},
	} {
		if code, _, stderr := call(c.args...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, want %d with %q:\n%s", c.args, code, c.code, c.want, stderr)
		}
	}
	for _, path := range []string{model, copied} {
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s has changed, error %v", path, err)
		}
	}
	if text, err := os.ReadFile(mine["mine.pt"]); err != nil || string(text) != "mine" {
		t.Errorf("mine.pt has changed, error %v", err)
	}
	if text, err := os.ReadFile(mine["mine.csv"]); err != nil || string(text) == "mine" {
		t.Errorf("mine.csv has not changed, error %v", err)
	}
}
