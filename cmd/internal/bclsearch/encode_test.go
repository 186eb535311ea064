package bclsearch

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

func encode(t *testing.T, m *rgb.Image) []byte {
	t.Helper()
	out := image.NewRGBA(image.Rect(0, 0, m.W, m.H))
	for i := range m.W * m.H {
		out.Set(i%m.W, i/m.W, color.RGBA{m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2], 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
