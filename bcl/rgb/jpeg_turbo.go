//go:build cgo && !nolibjpeg

package rgb

import (
	"image"

	"github.com/bcl-go/bcl/cgo/jpeg"
)

// JPEGDecoder names what decodes JPEG files: their pixels depend on it.
func JPEGDecoder() string { return jpeg.Version() }

func jpegSize(data []byte) (w, h int, err error) {
	head, err := jpeg.ReadHeader(data)
	return head.Width, head.Height, err
}

func readJPEG(data []byte) (m *Image, damage, err error) {
	head, err := jpeg.ReadHeader(data)
	if err != nil {
		return nil, nil, err
	}
	pix, damage, err := jpeg.Decode(data, head)
	if err != nil {
		return nil, nil, err
	}
	if head.Channels() == 3 {
		return &Image{W: head.Width, H: head.Height, Pix: pix}, damage, nil
	}
	for i, v := range pix { // inverted, as Adobe writes it and Pillow always takes it
		pix[i] = 255 - v
	}
	return FromImage(&image.CMYK{Pix: pix, Stride: 4 * head.Width, Rect: image.Rect(0, 0, head.Width, head.Height)}), damage, nil
}
