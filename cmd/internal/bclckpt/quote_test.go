package bclckpt

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// TestForgedLines: no name or value of a file writes a line of its own, or to the terminal.
func TestForgedLines(t *testing.T) {
	const forged = "x\nsealed: the checksum of the whole file is right\x1b[2J\u202e"
	x, err := serialize.FromArray(npy.FromFloat32s([]float32{1}))
	if err != nil {
		t.Fatal(err)
	}
	path, out := filepath.Join(t.TempDir(), "x.pt"), filepath.Join(t.TempDir(), "y.pt")
	state := serialize.NewOrderedDict(forged, x, "layer1."+forged, x, forged+"_extra_state", 1)
	if err := serialize.Save(path, serialize.NewDict("state_dict", state, forged, forged, "sealed: yes", serialize.NewDict(forged, 2))); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"inspect", path}, {"convert", path, out}, {"convert", path, out, "--force", "--to", "bcl"}, {"convert", path, out, "--force", "--key", "none"},
		{"extract-backbone", path, out, "--force"}, {"verify", path, "--out", out}, {"diff", path, path, "--all"}, {"diff", path, out},
	} {
		_, stdout, stderr := bcl(args...)
		text := stdout + stderr
		if strings.Contains(text, "\nsealed") || strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%v:\n%q", args, text)
		}
	}
}
