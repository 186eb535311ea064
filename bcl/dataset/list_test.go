package dataset

import (
	"bytes"
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
		"list.txt": []byte("\ufefftrain/n02/c.JPEG 2\r\n\ntrain/n01/a b.JPEG\t0\n"),
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
		"":                                   "lists no images",
		"a.JPEG":                             `line 1: "a.JPEG", expected a path and a label`,
		"a.JPEG 0\nb.JPEG 7":                 "line 2: label 7 is not below 5, the number of classes",
		"a.JPEG -1":                          "line 1: label -1 is negative",
		"a.JPEG 1.5":                         `line 1: label "1.5" is not an integer`,
		"a.JPEG 1048576":                     "line 1: label 1048576 is not below 1,048,576",
		"a.JPEG 99999999999999999999":        "label 99999999999999999999 is not below",
		"a/b.JPEG 1\nc 0\na//b.JPEG 1":       "line 3: a/b.JPEG is listed already at line 1",
		"a\x00b.JPEG 1":                      "line 1: no text",
		"\xff\xfea\x00 \x001\x00":            "line 1: no text",
		"a 0\n" + strings.Repeat("x", 1<<17): "line 2: longer than 65,536 bytes",
		"../a.JPEG 1":                        "is not a path below",
		"/etc/a.JPEG 1":                      "is not a path below",
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

func FuzzTextList(f *testing.F) {
	for _, text := range []string{"a/b.jpg 0\nc d.jpg 12\r\n", "\ufeffa 1", "a -1", "../a 1", "a\x00 1", "a 0\na 0"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := readText(bytes.NewReader(data), "fuzz")
		if err == nil {
			checkList(t, l)
		}
	})
}

// checkList: for any bytes, an accepted list is valid.
func checkList(t *testing.T, f *folder) {
	t.Helper()
	if f.files.len() == 0 || len(f.origin.at) != f.files.len() || f.labels != nil && len(f.labels) != f.files.len() {
		t.Fatalf("%d files, %d labels, %d positions", f.files.len(), len(f.labels), len(f.origin.at))
	}
	seen := map[string]bool{}
	for i := range f.files.len() {
		name := f.files.at(i)
		if seen[name] || !filepath.IsLocal(name) || strings.ContainsRune(name, 0) {
			t.Fatalf("accepted the path %q", name)
		}
		seen[name] = true
		if l := f.Label(i); l < -1 || f.classes != nil && l >= len(f.classes) {
			t.Fatalf("accepted label %d of %d classes", l, len(f.classes))
		}
	}
}
