package rgb_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/bcl-go/bcl/bcl/rgb"
)

func ExampleDecodeFile() {
	m, err := rgb.DecodeFile("testdata/grey4.png")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.W, m.H, m.Pix[:3])
	// Output: 13 11 [68 68 68]
}

// Any image of Go becomes one of this package, here a part of a larger one, and an
// image of this package is one of Go, which image/png writes.
func ExampleFromImage() {
	src := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	src.Set(3, 2, color.NRGBA{R: 200, G: 100, B: 50, A: 10})
	m := rgb.FromImage(src.SubImage(image.Rect(3, 2, 5, 3)))
	fmt.Println(m.W, m.H, m.Pix)

	var file bytes.Buffer
	fmt.Println(png.Encode(&file, m))
	// Output:
	// 2 1 [200 100 50 0 0 0]
	// <nil>
}
