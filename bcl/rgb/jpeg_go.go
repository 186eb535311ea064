//go:build !cgo || nolibjpeg

package rgb

import (
	"bytes"
	"image/jpeg"
	"runtime"
)

// JPEGDecoder names what decodes JPEG files: their pixels depend on it.
func JPEGDecoder() string { return "image/jpeg of " + runtime.Version() }

func jpegSize(data []byte) (w, h int, err error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	return c.Width, c.Height, err
}

// readJPEG is for builds without C: about 3 % of the values differ from libjpeg's, by 1 to
// 3 of 255 (see ycc.go), and rare forms of JPEG are errors.
func readJPEG(data []byte) (m *Image, damage, err error) {
	c, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	return FromImage(c), nil, nil
}
