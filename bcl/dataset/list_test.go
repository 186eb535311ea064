package dataset

import (
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOpenList(t *testing.T) {
	dir := t.TempDir()
	px := jpegOf(t, 5, 4, color.Gray{Y: 9})
	write(t, dir, map[string][]byte{
		"images/train/n01/a b.JPEG": px, "images/train/n02/c.JPEG": px,
		"list.txt": []byte("train/n02/c.JPEG 2\r\n\ntrain/n01/a b.JPEG\t0\n"),
	})
	root := filepath.Join(dir, "images")
	ds, err := OpenList(root, filepath.Join(dir, "list.txt"), 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(labels(ds), []int{2, 0}) || ds.Name(1) != "train/n01/a b.JPEG" || len(ds.Classes()) != 3 {
		t.Errorf("labels %v, names %v, classes %v", labels(ds), names(ds), ds.Classes())
	}
	if m, err := ds.Image(1); err != nil || m.W != 5 {
		t.Errorf("image %+v, error %v", m, err)
	}
	for text, want := range map[string]string{
		"":                   "lists no images",
		"a.JPEG":             `line 1: "a.JPEG", expected a path and a label`,
		"a.JPEG 0\nb.JPEG 7": `line 2: label "7", expected a number from 0 to 4`,
		"a.JPEG -1":          `label "-1"`,
		"../a.JPEG 1":        "is not a path below",
		"/etc/a.JPEG 1":      "is not a path below",
	} {
		write(t, dir, map[string][]byte{"bad.txt": []byte(text)})
		if _, err := OpenList(root, filepath.Join(dir, "bad.txt"), 5, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if _, err := OpenList(root, filepath.Join(dir, "none.txt"), 0, Options{}); err == nil {
		t.Error("a missing list can be opened")
	}
}
