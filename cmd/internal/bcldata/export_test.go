package bcldata

import (
	"bytes"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
)

func TestExport(t *testing.T) {
	dir := pictures(t)
	place, err := dataset.Open(dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The names carry the indices, so the pixels can be compared.
	for i := range place.Train.Len() {
		name := filepath.Base(place.Train.Name(i))
		k := 0
		for _, c := range strings.TrimSuffix(name, ".png") {
			k = 10*k + int(c-'0')
		}
		got, err := place.Train.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := embedded.Train.Image(k)
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Fatalf("%s differs from image %d of the embedded set", name, k)
		}
	}
	if status, _, log := bcl("export", "--out", dir); status != 1 || !strings.Contains(log, "the folder is not empty") {
		t.Errorf("written twice: status %d, log %q", status, log)
	}
}

// TestExportSize: larger images shrink to the asked for shorter side, smaller ones stay, and
// those that cannot be read are named.
func TestExportSize(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "small")
	for name, size := range map[string]image.Point{"a/wide.png": {90, 41}, "a/high.png": {40, 100}, "b/little.png": {12, 9}} {
		m := image.NewGray(image.Rectangle{Max: size})
		for i := range m.Pix {
			m.Pix[i] = 77
		}
		var file bytes.Buffer
		if err := png.Encode(&file, m); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(from, name), file.Bytes())
	}
	writeFile(t, filepath.Join(from, "b/broken.png"), []byte("\x89PNG\r\n\x1a\nnothing"))

	if status, _, log := bcl("export", from, "--out", to, "--size", "20"); status != 1 || !strings.Contains(log, "broken.png") || !strings.Contains(log, "--skip-broken") {
		t.Errorf("a broken image: status %d, log %q", status, log)
	}
	status, out, log := bcl("export", from, "--out", to, "--size", "20", "--skip-broken", "--overwrite")
	if status != 0 || !strings.Contains(out, "train: 3 images") || !strings.Contains(log, "broken.png") {
		t.Fatalf("status %d, output %q, log %q", status, out, log)
	}
	place, err := dataset.Open(to, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[image.Point]string)
	for i := range place.Train.Len() {
		m, err := place.Train.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		if m.Pix[0] != 77 {
			t.Errorf("%s is of another grey, %d", place.Train.Name(i), m.Pix[0])
		}
		got[image.Pt(m.W, m.H)] = place.Train.Classes()[place.Train.Label(i)]
	}
	if want := map[image.Point]string{{43, 20}: "a", {20, 50}: "a", {12, 9}: "b"}; !maps.Equal(got, want) {
		t.Errorf("sizes are %v, expected %v", got, want)
	}
	if status, _, log := bcl("export", from, "--out", to, "--size", "-1"); status != 2 || !strings.Contains(log, "--size is -1") {
		t.Errorf("a wrong size: status %d, log %q", status, log)
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
