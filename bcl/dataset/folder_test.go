package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pngOf returns a PNG file of one colour.
func pngOf(t testing.TB, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, w, h int, c color.Gray) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = c.Y
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write makes files (and their folders) below dir. A name that ends in / is an
// empty folder.
func write(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func names(ds Dataset) (out []string) {
	for i := range ds.Len() {
		out = append(out, ds.Name(i))
	}
	return out
}

func labels(ds Dataset) (out []int) {
	for i := range ds.Len() {
		out = append(out, ds.Label(i))
	}
	return out
}

func TestFolderWithParts(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 3, 2, color.NRGBA{200, 100, 50, 255})
	jp := jpegOf(t, 40, 30, color.Gray{Y: 77})
	write(t, dir, map[string][]byte{
		"train/dog/b.png": px, "train/dog/a.JPG": jp, "train/dog/.hidden.png": nil, "train/dog/note.txt": nil,
		"train/cat/a-b/2.png": px, "train/cat/a/1.png": px, "train/cat/9.jpeg": jp, "train/.git/x.png": px,
		"test/cat/1.png": px, "test/dog/1.png": px, "val/cat/1.png": px,
	})
	p, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// torchvision sorts folders by path, so "a-b" comes before "a/...".
	want := []string{"train/cat/9.jpeg", "train/cat/a/1.png", "train/cat/a-b/2.png", "train/dog/a.JPG", "train/dog/b.png"}
	if got := names(p.Train); !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if got := labels(p.Train); !slices.Equal(got, []int{0, 0, 0, 1, 1}) {
		t.Errorf("labels %v", got)
	}
	if got := p.Train.Classes(); !slices.Equal(got, []string{"cat", "dog"}) {
		t.Errorf("classes %v", got)
	}
	if got := names(p.Test); !slices.Equal(got, []string{"test/cat/1.png", "test/dog/1.png"}) {
		t.Errorf("test %v", got)
	}
	if p.Probe != p.Train || p.Kind != "folder" {
		t.Errorf("probe %v, kind %q", p.Probe, p.Kind)
	}
	m, err := p.Train.Image(1)
	if err != nil || m.W != 3 || m.H != 2 || !slices.Equal(m.Pix[:3], []uint8{200, 100, 50}) {
		t.Errorf("image %+v, error %v", m, err)
	}
	if again, _ := p.Train.Image(1); again != m {
		t.Error("the image was not kept in memory")
	}
	if m, err = p.Train.Image(0); err != nil || m.W != 40 || m.H != 30 || !slices.Equal(m.Pix[:3], []uint8{77, 77, 77}) {
		t.Errorf("image %+v, error %v", m, err)
	}
}

func TestFolderFlat(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 1, 1, color.White)
	write(t, dir, map[string][]byte{"2.png": px, "10.png": px, "1.png": px})
	p, err := Open(dir, Options{CacheBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(p.Train); !slices.Equal(got, []string{"1.png", "10.png", "2.png"}) {
		t.Errorf("names %v", got)
	}
	if p.Train.Label(0) != -1 || p.Train.Classes() != nil || p.Probe != nil || p.Test != nil {
		t.Errorf("an unlabelled folder has label %d, classes %v, probe %v, test %v",
			p.Train.Label(0), p.Train.Classes(), p.Probe, p.Test)
	}
}

func TestOpenErrors(t *testing.T) {
	px := pngOf(t, 1, 1, color.White)
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  string
	}{
		{"empty", nil, "no JPEG or PNG files"},
		{"empty class", map[string][]byte{"train/a/1.png": px, "train/b/": nil}, "train/b: class folder without"},
		{"mixed", map[string][]byte{"train/a/1.png": px, "train/1.png": px}, "both class folders (a) and images outside of them (1.png)"},
		{"classes", map[string][]byte{"train/a/1.png": px, "train/b/1.png": px, "val/a/1.png": px, "val/c/1.png": px},
			"only train has b; only val has c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, c.files)
			if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(file), map[string][]byte{"file": px})
	for place, want := range map[string]string{
		"":                                    "no data set named",
		filepath.Join(t.TempDir(), "nowhere"): "nowhere: no such file",
		file:                                  "a file, expected a folder",
	} {
		if _, err := Open(place, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q): error %v, want %q", place, err, want)
		}
	}
}

func TestFolderLinks(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 1, 1, color.White)
	write(t, dir, map[string][]byte{"real/cat/1.png": px, "place/train/dog/1.png": px})
	train := filepath.Join(dir, "place", "train")
	if err := os.Symlink(filepath.Join(dir, "real", "cat"), filepath.Join(train, "cat")); err != nil {
		t.Skip(err) // a system without links
	}
	place := filepath.Join(dir, "place")
	p, err := Open(place, Options{})
	if err != nil || !slices.Equal(names(p.Train), []string{"train/cat/1.png", "train/dog/1.png"}) {
		t.Fatalf("a link to a folder: %v", err)
	}
	if err := os.Symlink(train, filepath.Join(train, "dog", "again")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(place, Options{}); err == nil || !strings.Contains(err.Error(), "a link back to a folder") {
		t.Errorf("a loop of links: error %v", err)
	}
	if err := os.Remove(filepath.Join(train, "dog", "again")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(train, "dog", "2.png")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(place, Options{}); err == nil || !strings.Contains(err.Error(), "2.png") {
		t.Errorf("a broken link: error %v", err)
	}
}

func TestBrokenImageIsNamed(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 4, 4, color.White)
	write(t, dir, map[string][]byte{"a.png": px, "b.png": px[:40], "c.webp": []byte("RIFF")})
	p, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Train.Image(1); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "b.png")+": truncated") {
		t.Errorf("error %v", err)
	}
	if _, err := p.Train.Image(2); err == nil || !strings.Contains(err.Error(), "c.webp: neither JPEG nor PNG") {
		t.Errorf("error %v", err)
	}
}

func TestCacheBudget(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 10, 10, color.White) // 300 bytes
	write(t, dir, map[string][]byte{"a.png": px, "b.png": px, "c.png": px})
	p, err := Open(dir, Options{CacheBytes: 700})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for i := range 3 {
		a, _ := p.Train.Image(i)
		b, _ := p.Train.Image(i)
		if a == b {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d images of 300 bytes are kept in 700", kept)
	}
}
