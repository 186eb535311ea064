package bclckpt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// TestFlagsOfInput: --key, --strip, --map and --skip-unknown read a trainer's checkpoint
// alike in all commands, and each error names the flag that is missing.
func TestFlagsOfInput(t *testing.T) {
	in, err := ckpt.Open(network(t, false, "resnet10", model.CIFARStem))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	tensors, _, _, err := in.State("")
	if err != nil {
		t.Fatal(err)
	}
	student, teacher := serialize.NewOrderedDict(), serialize.NewOrderedDict()
	for _, x := range tensors {
		for _, prefix := range []string{"online.", "target."} { // two networks, with names of their own
			name := prefix + strings.Replace(x.Name, "layer", "stage", 1)
			if err := student.Set(name, x.Tensor); err != nil {
				t.Fatal(err)
			}
			if err := teacher.Set(name, x.Tensor); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := &pickle.Reduction{Fn: pickle.Global{Module: "pathlib", Name: "PosixPath"}, Args: pickle.NewTuple("data")}
	dir := t.TempDir()
	x, y, m := filepath.Join(dir, "x.ckpt"), filepath.Join(dir, "y.pt"), filepath.Join(dir, "map.txt")
	if err := serialize.Save(x, serialize.NewDict("student", student, "teacher", teacher, "hyper_parameters", serialize.NewDict("root", path))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m, []byte("stage => layer\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	all := []string{"--skip-unknown", "--key=student", "--map=" + m, "--strip=online."}
	for _, command := range [][]string{{"extract-backbone", x, y, "--force"}, {"convert", x, y, "--to", "bcl", "--rest", "drop", "--force"}, {"verify", x, "--out", filepath.Join(dir, "f.npy"), "--force"}, {"inspect", x}} {
		ok(t, append(command, all...)...)
		if command[0] == "inspect" {
			continue // which lists any file
		}
		for i, want := range []string{"--skip-unknown skips", "name one with --key", "--map FILE", "with --strip online.backbone."} {
			if i == 2 && command[0] == "convert" {
				continue // which was asked to drop what it does not know
			}
			args := append(append([]string{}, command...), all[:i]...)
			status, _, log := bcl(append(args, all[i+1:]...)...)
			if i == 3 {
				status, _, log = bcl(append(command, all[:3]...)...)
			}
			if status != 1 || !strings.Contains(log, want) {
				t.Errorf("%v without %s: status %d, %q, want %q", command, all[i], status, log, want)
			}
		}
	}
	if out := ok(t, append([]string{"inspect", x}, all...)...); !strings.Contains(out, "backbone: resnet10") || !strings.Contains(out, "names: bcl, below \"online.\"") {
		t.Error(out[:300])
	}
}
