package rgb

import (
	"errors"

	"golang.org/x/image/tiff"
)

// Tags of TIFF, and values of them.
const (
	tiffCompression, tiffGroup3, tiffGroup4 = 0x0103, 3, 4
	tiffPhotometric, tiffBlackIsZero        = 0x0106, 1
	tiffPlanes, tiffSeparate                = 0x011c, 2
)

// readTIFF reads the first page.
func readTIFF(data []byte) (*Image, error) {
	number := func(tag uint16) int { n, _ := tiffNumber(data, tag); return n }
	if number(tiffPlanes) == tiffSeparate { // which the decoder does not look at
		return nil, errors.New("a TIFF image in separate planes, which cannot be read: convert it")
	}
	m, err := by(tiff.Decode)(data)
	if err != nil {
		return nil, err
	}
	if c := number(tiffCompression); (c == tiffGroup3 || c == tiffGroup4) && number(tiffPhotometric) == tiffBlackIsZero {
		for i, v := range m.Pix { // the decoder takes 0 for white
			m.Pix[i] = 255 - v
		}
	}
	return m, nil
}
