package rgb

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestParity compares thousands of random files, a third of them damaged, with the Pillow of
// $BCL_PYTHON (make parity): both read the same files, and the same pixels.
func TestParity(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make parity sets it")
	}
	const n = 3000
	dir := t.TempDir()
	if text, err := exec.Command(python, "testdata/parity.py", dir, "3000").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.*g"))
	webp, _ := filepath.Glob(filepath.Join(dir, "*.webp"))
	if files = append(files, webp...); len(files) != n {
		t.Fatalf("%d files, expected %d", len(files), n)
	}
	equal, refused, ours, theirs := 0, 0, 0, 0
	for _, path := range files {
		base := strings.TrimSuffix(path, filepath.Ext(path))
		got, err := DecodeFile(path)
		text, _ := os.ReadFile(base + ".error")
		switch {
		case err != nil && text != nil:
			refused++
		case err != nil:
			theirs++
			t.Logf("Pillow alone reads %v", err)
		case text != nil:
			ours++
			t.Logf("Pillow refuses %s: %s", filepath.Base(path), text)
		default:
			want := readPPM(t, base+".ppm")
			if got.W != want.W || got.H != want.H || string(got.Pix) != string(want.Pix) {
				t.Errorf("%s: the pixels differ", filepath.Base(path))
				continue
			}
			equal++
		}
	}
	t.Logf("%d equal, %d refused by both, %d read by ours alone, %d by Pillow alone", equal, refused, ours, theirs)
	if theirs > 0 || ours > 0 {
		t.Error("files are read by one alone")
	}
}
