package bcltrain

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenLists: --train-split accepts a list of files too, and errors in it are reported
// before training.
func TestOpenLists(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.png", "b.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(dir, "list.txt")
	for _, c := range []struct {
		text string
		skip bool
		want string // the error; empty: two images
	}{
		{"b.png 0\na.png 1\n", false, ""},
		{"b.png 0\nno.png 0\na.png 0\n", true, ""},
		{"b.png 0\nno.png 0\na.png 0\n", false, "list.txt: line 2: stat " + filepath.Join(dir, "no.png") + ": no such file"},
		{"b.png 0\na.png 2\n", false, `list.txt: class "1" (of 3) has no images`},
		{"b.png 0\nb.png 0\n", false, "list.txt: line 2: b.png is listed already at line 1"},
		{"b.png 0\n", false, "1 training image(s), expected at least 2"},
		{`{"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}]}`, false, ""},
		{`{"images": [{"id": 1}]}`, false, "list.txt: images[0]: no file_name"},
	} {
		if err := os.WriteFile(list, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		o := newOptions()
		o.data, o.split, o.skipBroken = dir, list, c.skip
		ds, err := o.open(context.Background(), io.Discard)
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: error %v, want %q", c.text, err, c.want)
		case c.want == "" && (err != nil || ds.Len() != 2):
			t.Errorf("%q: error %v", c.text, err)
		}
	}
}

// Labels beyond the number of classes that a flag or a recipe sets are an error.
func TestLabelOutside(t *testing.T) {
	data := folder(t, 4)
	list := filepath.Join(t.TempDir(), "list.txt")
	var text strings.Builder
	names, err := filepath.Glob(filepath.Join(data, "*.png"))
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	for i, name := range names {
		path, _ := filepath.Rel(data, name)
		fmt.Fprintf(&text, "%s %d\n", path, min(i, 2))
	}
	writeFile(t, list, []byte(text.String()))
	code, _, stderr := call(tiny(data, t.TempDir(), "--train-split", list, "--num-class", "2")...)
	if want := list + ": labels go up to 2, expected them below the 2 of --num-class"; code != 1 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, %s, want %q", code, stderr, want)
	}
	save := t.TempDir()
	if code, _, stderr := call(tiny(data, save, "--train-split", list, "--num-class", "3")...); code != 0 {
		t.Error(stderr)
	}
	// A run's config.yaml, which has all settings, repeats it with any labels.
	config := filepath.Join(save, "config.yaml")
	writeFile(t, config, []byte("num-class: 2\n"))
	if code, _, stderr := call(tiny(data, t.TempDir(), "--train-split", list, "--config", config)...); code != 0 {
		t.Error(stderr)
	}
}
