package main

import (
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/views"
)

// atEnd is what is done when all is measured.
var atEnd []func()

// fromFiles makes the two views of JPEG files that the page cache holds, as training does
// with images that the image cache has no room for.
func fromFiles(p *augment.Pipeline, w, h int) func() (measure, error) {
	return func() (measure, error) {
		dir, err := os.MkdirTemp("", "bench")
		if err != nil {
			return nil, err
		}
		atEnd = append(atEnd, func() { os.RemoveAll(dir) })
		const files = 16
		m := photo(w, h)
		for i := range files {
			if err := writeJPEG(filepath.Join(dir, fmt.Sprintf("%d.jpg", i)), m); err != nil {
				return nil, err
			}
		}
		place, err := dataset.Open(dir, dataset.Options{Cache: dataset.NewCache(0)})
		if err != nil {
			return nil, err
		}
		viewer := views.Images(place.Train, p, 10).NewViewer()
		dst := [][]byte{make([]byte, 3*p.Size*p.Size)}
		epoch := 0
		return func(d time.Duration) (float64, error) {
			return repeat(d, 2, func(i int) error {
				if i%files == 0 {
					epoch++
				}
				for view := range 2 {
					if err := viewer.View(dst, i%files, 0.5, epoch, view); err != nil {
						return err
					}
				}
				return nil
			})
		}, nil
	}
}

// writeJPEG writes m as a JPEG file of quality 90.
func writeJPEG(path string, m *rgb.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return jpeg.Encode(f, m, &jpeg.Options{Quality: 90})
}
