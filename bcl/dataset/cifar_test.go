package dataset

import (
	"bytes"
	"fmt"
	"image/color"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// small returns a form with files of n records and at most two training files.
func small(folder string, n int) cifarForm {
	for _, f := range cifarForms {
		if f.folder == folder {
			f.records = [2]int{n, n}
			f.train = f.train[:min(len(f.train), 2)]
			return f
		}
	}
	panic(folder)
}

// planar returns the 3,072 bytes of image i, as testdata/cifar/make_cifar.py.
func planar(i int) []byte {
	var b []byte
	for c := range 3 {
		for y := range 32 {
			for x := range 32 {
				b = append(b, byte(7*i+50*c+3*y+x))
			}
		}
	}
	return b
}

func checkImage(t *testing.T, ds Dataset, k, i int) {
	t.Helper()
	m, err := ds.Image(k)
	if err != nil {
		t.Fatal(err)
	}
	want := planar(i)
	for p := range 1024 {
		for c := range 3 {
			if got := m.Pix[3*p+c]; got != want[1024*c+p] {
				t.Fatalf("%s: pixel %d, channel %d is %d, want %d", ds.Name(k), p, c, got, want[1024*c+p])
			}
		}
	}
	if m.W != 32 || m.H != 32 || len(m.Pix) != 3072 || cap(m.Pix) != 3072 {
		t.Errorf("%s: %d x %d, %d values, capacity %d", ds.Name(k), m.W, m.H, len(m.Pix), cap(m.Pix))
	}
}

func classLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "class%d\n", i)
	}
	return append(b.Bytes(), '\n') // the published file ends in an empty line
}

func record(i int, labels ...byte) []byte { return append(labels, planar(i)...) }

func binaryFiles(fine bool) map[string][]byte {
	if fine {
		return map[string][]byte{
			"fine_label_names.txt": classLines(100),
			"train.bin":            slices.Concat(record(0, 19, 99), record(1, 2, 4)),
			"test.bin":             slices.Concat(record(10, 0, 0), record(11, 0, 1)),
		}
	}
	return map[string][]byte{
		"batches.meta.txt": classLines(10),
		"data_batch_1.bin": slices.Concat(record(0, 3), record(1, 9)),
		"data_batch_2.bin": slices.Concat(record(2, 5), record(3, 5)),
		"test_batch.bin":   slices.Concat(record(10, 0), record(11, 1)),
	}
}

func TestCIFARBinary(t *testing.T) {
	for _, c := range []struct {
		folder string
		labels []int
		last   string
	}{
		{"cifar-10-batches-bin", []int{3, 9, 5, 5}, "data_batch_2: record 1"},
		{"cifar-100-binary", []int{99, 4}, "train: record 1"},
	} {
		dir := t.TempDir()
		write(t, dir, binaryFiles(len(c.labels) == 2))
		p, err := small(c.folder, 2).open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := labels(p.Train); !slices.Equal(got, c.labels) {
			t.Errorf("%s: labels %v, want %v", c.folder, got, c.labels)
		}
		for i := range c.labels {
			checkImage(t, p.Train, i, i)
		}
		checkImage(t, p.Test, 1, 11)
		if got := p.Train.Name(len(c.labels) - 1); got != c.last {
			t.Errorf("name %q, want %q", got, c.last)
		}
		if p.Probe != p.Train || p.Train.Classes()[9] != "class9" {
			t.Errorf("%s: probe %v, classes %v", c.folder, p.Probe, p.Train.Classes())
		}
	}
}

func TestCIFARBinaryErrors(t *testing.T) {
	for _, c := range []struct {
		name, folder, file string
		data               []byte // nil: the file is missing
		want               string
	}{
		{"label", "cifar-10-batches-bin", "data_batch_2.bin", slices.Concat(record(0, 1), record(1, 10)),
			"/data_batch_2.bin: record 1 of 2: label 10 is not below 10"},
		{"fine label", "cifar-100-binary", "train.bin", slices.Concat(record(0, 0, 100), record(1, 0, 0)),
			"/train.bin: record 0 of 2: label 100 is not below 100"},
		{"short", "cifar-100-binary", "test.bin", record(0, 1, 1)[:3000], "test.bin: truncated: 3,000 bytes, expected 6,148"},
		{"long", "cifar-100-binary", "test.bin", make([]byte, 6149), "test.bin: too long: 6,149 bytes, expected 6,148"},
		{"missing batch", "cifar-10-batches-bin", "data_batch_2.bin", nil, "data_batch_2.bin: no such file"},
		{"missing names", "cifar-10-batches-bin", "batches.meta.txt", nil, "batches.meta.txt: no such file"},
		{"few names", "cifar-10-batches-bin", "batches.meta.txt", classLines(9), "batches.meta.txt: 9 class names, expected 10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := maps.Clone(binaryFiles(c.folder == "cifar-100-binary"))
			delete(files, c.file)
			if c.data != nil {
				files[c.file] = c.data
			}
			dir := t.TempDir()
			write(t, dir, files)
			if _, err := small(c.folder, 2).open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestCIFARPickle(t *testing.T) {
	for _, name := range []string{"py2", "proto2", "proto4", "fine"} {
		form, want := small("cifar-10-batches-py", 2), []int{3, 9}
		form.train = form.train[:1]
		if name == "fine" {
			form, want = small("cifar-100-python", 2), []int{99, 4}
		}
		p, err := form.open(filepath.Join("testdata", "cifar", name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := labels(p.Train); !slices.Equal(got, want) {
			t.Errorf("%s: labels %v, want %v", name, got, want)
		}
		checkImage(t, p.Train, 0, 0)
		checkImage(t, p.Train, 1, 1)
		checkImage(t, p.Test, 1, 11)
		if c := p.Train.Classes(); len(c) != form.classes || !strings.HasSuffix(c[9], "9") {
			t.Errorf("%s: classes %v", name, c)
		}
	}
}

func TestCIFARPickleErrors(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", "cifar", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	good := read("py2/data_batch_1")
	for _, c := range []struct {
		name string
		data []byte
		n    int
		want string
	}{
		{"cut", good[:4000], 2, "data_batch_1 (4,000 bytes): "},
		{"system", read("evil/data_batch_1"), 2, `system" is not on the allow-list`},
		{"other count", good, 3, "data_batch_1: 2 labels, expected 3"},
		{"label", bytes.Replace(good, []byte("K\x03K\x09"), []byte("K\x03K\x71"), 1), 2,
			"/data_batch_1: record 1 of 2: label 113 is not below 10"},
		{"no labels", bytes.Replace(good, []byte("U\x06labels"), []byte("U\x06lapels"), 1), 2, `no key "labels"`},
		{"no dict", []byte("\x80\x02K\x01."), 2, "a pickled int, expected a dict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string][]byte{"data_batch_1": c.data})
			form := small("cifar-10-batches-py", c.n)
			_, err := form.part(dir, form.train[:1], c.n, make([]string, 10))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestOpenFindsCIFAR: Open knows all four forms, from the folder or its parent. The files
// are too small; the error shows which form was detected.
func TestOpenFindsCIFAR(t *testing.T) {
	for folder, c := range map[string][2]string{
		"cifar-10-batches-bin": {"batches.meta.txt", "data_batch_1.bin"},
		"cifar-100-binary":     {"fine_label_names.txt", "train.bin"},
	} {
		parent := t.TempDir()
		n := 10
		if folder == "cifar-100-binary" {
			n = 100
		}
		write(t, parent, map[string][]byte{folder + "/" + c[0]: classLines(n), folder + "/" + c[1]: {1}})
		for _, place := range []string{parent, filepath.Join(parent, folder)} {
			_, err := Open(place, Options{})
			if want := folder + "/" + c[1] + ": truncated: 1 bytes"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Open(%s): error %v, want %q", place, err, want)
			}
		}
	}
	// A folder named train is not a file of CIFAR-100.
	dir := t.TempDir()
	write(t, dir, map[string][]byte{"train/a/1.png": pngOf(t, 1, 1, color.Black), "test/a/1.png": pngOf(t, 1, 1, color.Black)})
	if p, err := Open(dir, Options{}); err != nil || p.Kind != "folder" {
		t.Errorf("a folder of images: %+v, %v", p, err)
	}
}

// A folder with both data sets is ambiguous without a kind, and a folder with one is not
// accepted as the other.
func TestCIFARFolder(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string][]byte{
		"both/cifar-10-batches-py/data_batch_1": {1}, "both/cifar-100-python/train": {1},
		"ten/cifar-10-batches-bin/test_batch.bin": {1}, "ten/cifar-10-batches-py/test_batch": {1},
		"hundred/test.bin": {1}, "none/a.png": {1},
	})
	in := func(name string) string { return filepath.Join(root, name) }
	for _, c := range []struct{ place, kind, want, err string }{
		{"both", "", "", "holds cifar10 (" + in("both/cifar-10-batches-py") + ") and cifar100 (" + in("both/cifar-100-python") + "): give the folder"},
		{"both", CIFAR10, "both/cifar-10-batches-py", ""},
		{"both", CIFAR100, "both/cifar-100-python", ""},
		{"ten", "", "ten/cifar-10-batches-bin", ""},
		{"ten", CIFAR10, "ten/cifar-10-batches-bin", ""},
		{"ten", CIFAR100, "", "data set " + in("ten") + ": holds cifar10 (" + in("ten/cifar-10-batches-bin") + "), expected cifar100"},
		{"hundred", CIFAR100, "hundred", ""},
		{"hundred", CIFAR10, "", "holds cifar100 (" + in("hundred") + "), expected cifar10"},
		{"none", CIFAR10, "", ""},
		{"nowhere", "", "", ""},
	} {
		got, err := CIFARFolder(in(c.place), c.kind)
		want := c.want
		if want != "" {
			want = in(want)
		}
		if got != want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s as %q: %q, error %v, want %q, %q", c.place, c.kind, got, err, want, c.err)
		}
	}
	if _, err := Open(in("both"), Options{}); err == nil || !strings.Contains(err.Error(), "give the folder") {
		t.Errorf("Open of a folder with both: error %v", err)
	}
}

func FuzzCIFARPickle(f *testing.F) {
	for _, name := range []string{"py2/data_batch_1", "proto4/data_batch_1", "evil/data_batch_1", "py2/batches.meta"} {
		data, err := os.ReadFile(filepath.Join("testdata", "cifar", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	form := cifarPickle{labelsKey: "labels"}
	f.Fuzz(func(t *testing.T, data []byte) {
		dict, err := unpickle(data)
		if err != nil {
			return
		}
		c := &cifar{}
		if form.batch(dict, "fuzz", 2, 10, c) == nil && (len(c.images) != 2 || len(c.labels) != 2) {
			t.Errorf("%d images, %d labels", len(c.images), len(c.labels))
		}
	})
}

// FuzzCIFARBinary: the bytes of a file, cut or padded to two records.
func FuzzCIFARBinary(f *testing.F) {
	f.Add(slices.Concat(record(0, 3), record(1, 9)), false)
	f.Add(slices.Concat(record(0, 19, 99), record(1, 2, 4)), true)
	f.Add([]byte{200}, false)
	path := filepath.Join(f.TempDir(), "batch.bin")
	f.Fuzz(func(t *testing.T, data []byte, fine bool) {
		b, classes := cifarBinary{labelBytes: 1}, 10
		if fine {
			b.labelBytes, classes = 2, 100
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		c := &cifar{}
		err := b.file(path, 2, classes, c)
		size := 2 * (b.labelBytes + cifarBytes)
		if err == nil && (len(data) != size || len(c.images) != 2 || max(c.labels[0], c.labels[1]) >= classes) {
			t.Errorf("accepted %d bytes: %d images, labels %v", len(data), len(c.images), c.labels)
		}
		again := append(slices.Clone(data), make([]byte, size)...)[:size]
		if err := os.WriteFile(path, again, 0o666); err != nil {
			t.Fatal(err)
		}
		good := int(again[b.labelBytes-1]) < classes && int(again[size/2+b.labelBytes-1]) < classes
		if err := b.file(path, 2, classes, &cifar{}); (err == nil) != good {
			t.Errorf("labels are good: %v; error %v", good, err)
		}
	})
}
