package rgb

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readPPM reads what Pillow wrote: "P6\nW H\n255\n" and the pixels.
func readPPM(t *testing.T, path string) *Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := new(Image)
	var depth int
	if _, err := fmt.Fscanf(bytes.NewReader(data), "P6\n%d %d\n%d\n", &m.W, &m.H, &depth); err != nil || depth != 255 {
		t.Fatalf("%s: %v", path, err)
	}
	m.Pix = data[len(data)-3*m.W*m.H:]
	return m
}

// images returns the paths of the golden files.
func images(t testing.TB) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.*g", "*.webp", "*.bmp", "*.gif", "*.tif"} {
		some, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(some) < 5 {
			t.Fatalf("%d golden images %s, error %v", len(some), pattern, err)
		}
		files = append(files, some...)
	}
	return files
}

// jpegLimit is how far from Pillow's a value of a JPEG file may be: the inverse cosine
// transform of Go's decoder, in builds without C, rounds differently.
func jpegLimit() int {
	if strings.HasPrefix(JPEGDecoder(), "image/jpeg") {
		return 2
	}
	return 0
}

// TestGolden compares with Pillow: all must be equal, lossy WebP and JPEG too.
func TestGolden(t *testing.T) {
	files := images(t)
	if len(files) < 70 {
		t.Fatalf("%d golden images", len(files))
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) { compareWithPillow(t, path, nil) })
	}
}

// compareWithPillow decodes a file and compares it with NAME.ppm beside it. damaged, if not
// nil, is set to what was passed over.
func compareWithPillow(t *testing.T, path string, damaged *error) {
	var d Decoder
	if damaged != nil {
		d.Damaged = func(damage error) { *damaged = damage }
	}
	got, err := d.DecodeFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := readPPM(t, strings.TrimSuffix(path, filepath.Ext(path))+".ppm")
	if got.W != want.W || got.H != want.H {
		t.Fatalf("%d x %d pixels, want %d x %d", got.W, got.H, want.W, want.H)
	}
	limit := 0
	if filepath.Ext(path) == ".jpg" {
		limit = jpegLimit()
	}
	worst, at := 0, 0
	for i := range want.Pix {
		if d := max(int(got.Pix[i])-int(want.Pix[i]), int(want.Pix[i])-int(got.Pix[i])); d > worst {
			worst, at = d, i
		}
	}
	if worst > limit {
		t.Errorf("value %d (x %d, y %d, channel %d) is %d, want %d; limit %d",
			at, at/3%want.W, at/3/want.W, at%3, got.Pix[at], want.Pix[at], limit)
	}
}

// TestOdd: files of rare or broken forms are read, or refused, as Pillow does.
func TestOdd(t *testing.T) {
	files, _ := filepath.Glob("testdata/odd/*.*g")
	refused, passed := 0, 0
	for _, path := range files {
		if filepath.Ext(path) == ".jpg" && jpegLimit() > 0 {
			continue // Go's decoder refuses most
		}
		base := strings.TrimSuffix(path, filepath.Ext(path))
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(base + ".error")
			if err != nil {
				var damage error
				compareWithPillow(t, path, &damage)
				if damage != nil {
					passed++
					t.Log("passed over: ", damage)
				}
				return
			}
			refused++
			if _, err = DecodeFile(path); err == nil {
				t.Errorf("it is read; Pillow: %s", text)
			}
			t.Log(err)
		})
	}
	if refused < 20 || passed < 30 {
		t.Errorf("%d files are refused, of %d damage is passed over", refused, passed)
	}
}

// TestTurned: whatever says how the camera was held is heard where Pillow hears it. What
// Pillow refuses for broken EXIF is read, upright.
func TestTurned(t *testing.T) {
	goldens, _ := filepath.Glob("testdata/turned/*.ppm")
	turned := 0
	for _, golden := range goldens {
		path := strings.TrimSuffix(golden, ".ppm")
		m, err := DecodeFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		want := readPPM(t, golden)
		if m.W != want.W || m.H != want.H || !near(m.Pix, want.Pix, jpegLimit()) {
			t.Errorf("%s is not turned as by Pillow: %d x %d pixels, expected %d x %d", path, m.W, m.H, want.W, want.H)
		}
		if m.W < m.H {
			turned++
		}
	}
	if len(goldens) < 110 || turned < 50 {
		t.Errorf("%d files, of which %d are turned", len(goldens), turned)
	}
	for name, read := range map[string]bool{"app1_junk_before.jpg": false, "exif_magic_other.png": true, "exif_magic_other.webp": true, "raw_odd.png": true} {
		if _, err := os.Stat("testdata/turned/" + name + ".error"); err != nil {
			t.Error(err)
		}
		m, err := DecodeFile("testdata/turned/" + name)
		if (err == nil) != read || read && (m.W != 5 || m.H != 3) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func near(a, b []byte, limit int) bool {
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > limit || -d > limit {
			return false
		}
	}
	return len(a) == len(b)
}
