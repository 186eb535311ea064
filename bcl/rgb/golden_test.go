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

// TestGolden compares with Pillow: JPEG within 2 of 255 (the inverse cosine transforms
// round differently), all else, lossy WebP too, must be equal.
func TestGolden(t *testing.T) {
	files := images(t)
	if len(files) < 70 {
		t.Fatalf("%d golden images", len(files))
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got, err := DecodeFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := readPPM(t, strings.TrimSuffix(path, filepath.Ext(path))+".ppm")
			if got.W != want.W || got.H != want.H {
				t.Fatalf("%d x %d pixels, want %d x %d", got.W, got.H, want.W, want.H)
			}
			limit := 0
			if filepath.Ext(path) == ".jpg" {
				limit = 2
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
			} else if worst > 0 {
				t.Logf("worst difference %d", worst)
			}
		})
	}
}
