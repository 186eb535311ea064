package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// openShardsOf opens a place with its indexes in a folder of the test's.
func openShardsOf(t *testing.T, place string, opt Options) *Place {
	t.Helper()
	if opt.IndexDir == "" {
		opt.IndexDir = t.TempDir()
	}
	p, err := Open(place, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The same images from a folder, from tars of webdataset and from Parquet of pyarrow are the
// same samples: pixels, labels and order (testdata/make_shards.py).
func TestShardsAreTheFolder(t *testing.T) {
	folder := openShardsOf(t, "testdata/shards/folder", Options{})
	names := []string{"circle", "noise", "stripe"}
	for _, c := range []struct {
		place, kind string
		classes     []string
		first       string
	}{
		{"testdata/shards/tar", Tar, numbers(3), "drawn-train-000.tar/train/0000.png"},
		{"testdata/shards/tar/drawn-{train,test}-{000..000}.tar", Tar, nil, "drawn-train-000.tar/train/0000.png"},
		{"testdata/shards/parquet", Parquet, names, "data/train-00000-of-00002.parquet: row 0"},
		{"testdata/shards/parquet/data", Parquet, names, "train-00000-of-00002.parquet: row 0"},
	} {
		p := openShardsOf(t, c.place, Options{})
		if p.Kind != c.kind || p.Test == nil || p.Probe != p.Train {
			t.Fatalf("%s: %+v", c.place, p)
		}
		if len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "(train) are for training") || !strings.Contains(p.Notes[0], "(test) for testing") {
			t.Errorf("%s: notes %q", c.place, p.Notes)
		}
		if name := p.Train.Name(0); name != c.first {
			t.Errorf("%s: the first is %s, want %s", c.place, name, c.first)
		}
		if c.classes == nil {
			if p.Train.Len() != 4 || p.Test.Len() != 3 {
				t.Errorf("%s: %d and %d images", c.place, p.Train.Len(), p.Test.Len())
			}
			continue
		}
		if !reflect.DeepEqual(p.Train.Classes(), c.classes) || !reflect.DeepEqual(p.Test.Classes(), c.classes) {
			t.Errorf("%s: classes %q and %q", c.place, p.Train.Classes(), p.Test.Classes())
		}
		for part, pair := range map[string][2]Dataset{"train": {folder.Train, p.Train}, "test": {folder.Test, p.Test}} {
			want, got := pair[0], pair[1]
			if want.Len() != got.Len() {
				t.Fatalf("%s: %d images of %s, want %d", c.place, got.Len(), part, want.Len())
			}
			for i := range want.Len() {
				a, err := want.Image(i)
				if err != nil {
					t.Fatal(err)
				}
				b, err := got.Image(i)
				if err != nil {
					t.Fatal(err)
				}
				if a.W != b.W || a.H != b.H || !bytes.Equal(a.Pix, b.Pix) || want.Label(i) != got.Label(i) {
					t.Errorf("%s: %s is not %s: %d x %d, label %d", c.place, got.Name(i), want.Name(i), b.W, b.H, got.Label(i))
				}
			}
		}
	}
}

// What a folder is: images win over archives beside them, as after the download of ImageNet.
func TestShardsOrFolder(t *testing.T) {
	tar, err := os.ReadFile("testdata/shards/tar/drawn-train-002.tar")
	if err != nil {
		t.Fatal(err)
	}
	png, err := os.ReadFile("testdata/shards/folder/train/circle/0000.png")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files []string
		want  string // kind, or error
	}{
		"ImageNet":           {[]string{"train.tar", "train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png"}, Folder},
		"classes":            {[]string{"a/1.png", "b/1.png", "backup.tar"}, Folder},
		"beside an image":    {[]string{"1.png", "2.png", "backup.tar"}, Folder},
		"parts":              {[]string{"train/0.tar", "train/1.tar", "val/0.tar"}, Tar},
		"one sub-folder":     {[]string{"README.md", "data/train-0.tar"}, Tar},
		"a tar of two kinds": {[]string{"a.tar", "b.parquet"}, "holds tar and parquet files"},
	} {
		dir := t.TempDir()
		for _, file := range c.files {
			data := tar
			if filepath.Ext(file) == ".png" {
				data = png
			}
			write(t, dir, map[string][]byte{file: data})
		}
		p, err := Open(dir, Options{IndexDir: t.TempDir()})
		switch {
		case err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v", name, err)
		case err == nil && p.Kind != c.want:
			t.Errorf("%s: %s, want %s", name, p.Kind, c.want)
		}
	}
}

// Hold-outs, index lists and splits work on shards as on any set; lists of files do not.
func TestShardsWithLists(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "list.npy")
	if err := WriteIndexList(list, []int{5, 1}); err != nil {
		t.Fatal(err)
	}
	p := openShardsOf(t, "testdata/shards/tar", Options{Train: list})
	if p.Train.Len() != 2 || p.Train.Name(0) != "drawn-train-001.tar/train/0008.png" || p.Probe.Len() != 9 {
		t.Errorf("%d images, the first %s; probe %d", p.Train.Len(), p.Train.Name(0), p.Probe.Len())
	}
	p = openShardsOf(t, "testdata/shards/parquet/data/train-{00000..00001}-of-00002.parquet", Options{Holdout: Holdout{Share: 0.3}})
	if p.Test.Len() != 3 || p.Train.Len() != 6 {
		t.Errorf("%d held out of %d", p.Test.Len(), p.Train.Len())
	}
	text := filepath.Join(dir, "list.txt")
	write(t, dir, map[string][]byte{"list.txt": []byte("a.png 0\n")})
	if _, err := Open("testdata/shards/tar", Options{Train: text, IndexDir: dir}); err == nil || !strings.Contains(err.Error(), "give an index list (.npy)") {
		t.Errorf("error %v", err)
	}
}

func TestBraces(t *testing.T) {
	for text, want := range map[string][]string{
		"a":              {"a"},
		"a{0..2}":        {"a0", "a1", "a2"},
		"a{08..10}.tar":  {"a08.tar", "a09.tar", "a10.tar"},
		"{8..10}":        {"8", "9", "10"},
		"{a,b}-{0..1}":   {"a-0", "a-1", "b-0", "b-1"},
		"x{000..001}{,}": {"x000", "x000", "x001", "x001"},
	} {
		if got, err := braces(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"a{", "a{}", "a{1}", "a{2..1}", "a{a..c}", "{0..9999999}", "{0..9999}{0..9999}"} {
		if got, err := braces(text); err == nil {
			t.Errorf("%s: %d names", text, len(got))
		}
	}
	_, err := Open("testdata/shards/tar/drawn-train-{000..009}.tar", Options{IndexDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "drawn-train-003.tar: no such file") || !strings.Contains(err.Error(), "and 6 more of 10 shards are missing") {
		t.Errorf("missing shards: %v", err)
	}
}

// A set of any size that takes no memory.
func TestEmbeddedOfAnySize(t *testing.T) {
	p, err := Open("embedded:size:10000000", Options{})
	if err != nil || p.Train.Len() != 10_000_000 || p.Test == nil || len(p.Train.Classes()) != 10 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, place := range []string{"embedded:size:", "embedded:size:1", "embedded:size:x", "embedded:size:5000000000"} {
		if _, err := Open(place, Options{}); err == nil || !strings.Contains(err.Error(), "expected embedded:size:N with N images, 2 or more") {
			t.Errorf("%s: %v", place, err)
		}
	}
}
