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
	p, err := Open(dir, Options{Cache: NewCache(0)})
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
		{"empty", nil, "no images (JPEG, PNG, WebP, BMP, TIFF, GIF), no class folders with any, and no CIFAR files; the folder is empty"},
		{"none that is read", map[string][]byte{"a.HEIC": px, "b.heic": px, "c.mp4": px, ".DS_Store": px}, "no CIFAR files; left out: 2 .heic, 1 .mp4"},
		{"empty parts, both named", map[string][]byte{"train/a/": nil, "test/": nil}, "test: no images"},
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
	broken := func() string {
		t.Helper()
		p, err := Open(place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckFiles(t.Context(), p.Train, VerifyOptions{}); err != nil {
			return err.Error()
		}
		return ""
	}
	if got := broken(); !strings.Contains(got, "1 of 3 images cannot be read") || !strings.Contains(got, "dog/again: a link back to a folder") {
		t.Errorf("a loop of links: %s", got)
	}
	if err := os.Remove(filepath.Join(train, "dog", "again")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(train, "dog", "2.png")); err != nil {
		t.Fatal(err)
	}
	if got := broken(); !strings.Contains(got, "1 of 3 images cannot be read") || !strings.Contains(got, "dog/2.png: no such file or directory (a link to nowhere)") {
		t.Errorf("a link to nowhere: %s", got)
	}
}

// TestPhotoFolder: a folder as people have them is taken, with all that is wrong in it
// said at once, and all else left.
func TestPhotoFolder(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 2, 2, color.White)
	write(t, dir, map[string][]byte{
		"loose.png": px, "cats/1.png": px, "cats/old/2.png": px, "dogs/3.png": px, "dogs/zero.png": nil,
		"nothing/": nil, "__MACOSX/cats/4.png": px, "locked/5.png": px,
	})
	for link, to := range map[string]string{"gone.jpg": "/nonexistent.jpg", "cats/loop": "..", "self": "self"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err) // a system without links
		}
	}
	all := []string{"gone.jpg", "loose.png", "cats/1.png", "cats/loop", "cats/old/2.png", "dogs/3.png", "dogs/zero.png", "locked/5.png"}
	broken := []string{"gone.jpg", "cats/loop", "dogs/zero.png"}
	if os.Geteuid() != 0 { // nothing is locked to root
		if err := os.Chmod(filepath.Join(dir, "locked"), 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(filepath.Join(dir, "locked"), 0o700)
		all[len(all)-1] = "locked"
		broken = append(broken, "locked")
	}
	for _, unlabelled := range []bool{false, true} {
		p, err := Open(dir, Options{Unlabelled: unlabelled})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(p.Train); !slices.Equal(got, all) || p.Train.Classes() != nil || p.Train.Label(0) != -1 {
			t.Errorf("%v of classes %v, want %v", got, p.Train.Classes(), all)
		}
		if said := strings.Join(p.Notes, "\n"); strings.Contains(said, "2 images lie beside sub-folders (cats, dogs, locked, and 1 more): all 8 images are taken, without labels") == unlabelled {
			t.Errorf("unlabelled %v: notes %s", unlabelled, said)
		}
		good, skipped, err := SkipBroken(t.Context(), p.Train, VerifyOptions{})
		if err != nil || skipped == nil || good.Len() != len(all)-len(broken) {
			t.Fatalf("%v, error %v", skipped, err)
		}
		var got []string
		for _, b := range skipped.Broken {
			got = append(got, b.Name)
		}
		if !slices.Equal(got, broken) {
			t.Errorf("broken %v, want %v", got, broken)
		}
	}
}

// TestLeftOut: files of other types are counted, wherever they are.
func TestLeftOut(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 2, 2, color.White)
	jp := jpegOf(t, 2, 2, color.Gray{Y: 1})
	write(t, dir, map[string][]byte{
		"train/a/1.png": px, "train/a/2.jfif": jp, "train/a/3.JPE": jp, "train/a/x.HEIC": px, "train/b/deep/4.gif": px, "train/b/deep/y.heic": px, "train/b/z": px,
		"train/notes.txt": nil, "test/a/5.png": px, "test/b/6.png": px, "test/b/v.mp4": nil, "list.txt": nil, "loose.png": px, "more/7.png": px,
	})
	p, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(p.Train), []string{"train/a/1.png", "train/a/2.jfif", "train/a/3.JPE", "train/b/deep/4.gif"}; !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if err := Verify(t.Context(), p.Train, VerifyOptions{}); err != nil { // a PNG file that is called GIF is read, too
		t.Error(err)
	}
	want := []string{
		dir + ": train/ is for training, test/ for testing, left out: more/, 1 .png, 1 .txt",
		filepath.Join(dir, "train") + ": left out: 2 .heic, 1 .txt, 1 without extension",
		filepath.Join(dir, "test") + ": left out: 1 .mp4",
	}
	if !slices.Equal(p.Notes, want) {
		t.Errorf("notes %q, want %q", p.Notes, want)
	}
}

// TestUnlabelled: sub-folders have no meaning, whether they would be classes or not; the
// test images are still not trained on.
func TestUnlabelled(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 2, 2, color.White)
	write(t, dir, map[string][]byte{"train/a/1.png": px, "train/b/2.png": px, "train/b/nothing/": nil, "test/a/3.png": px, "test/b/4.png": px})
	p, err := Open(dir, Options{Unlabelled: true})
	if err != nil || len(names(p.Train)) != 2 || p.Train.Classes() != nil || p.Probe != nil || len(p.Test.Classes()) != 2 {
		t.Errorf("%+v, error %v", p, err)
	}
	write(t, dir, map[string][]byte{"train/c/": nil})
	p, err = Open(dir, Options{})
	if err != nil || !slices.Equal(p.Train.Classes(), []string{"a", "b"}) || !strings.Contains(strings.Join(p.Notes, "\n"), "train: left out: folders without images (c)") {
		t.Errorf("%+v, error %v", p, err)
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
	if _, err := p.Train.Image(2); err == nil || !strings.Contains(err.Error(), "c.webp: of no known format, expected JPEG, PNG, WebP") {
		t.Errorf("error %v", err)
	}
}

func TestCacheBudget(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 10, 10, color.White) // 300 bytes
	write(t, dir, map[string][]byte{"a.png": px, "b.png": px, "c.png": px})
	p, err := Open(dir, Options{Cache: NewCache(700)})
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
