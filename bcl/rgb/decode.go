package rgb

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
)

// MaxPixels is the largest image that [Decode] accepts, in pixels. A file of a few
// kilobytes can claim to hold gigabytes; the limit is that of Pillow's warning of a
// "decompression bomb" (PIL.Image.MAX_IMAGE_PIXELS).
const MaxPixels = 89_478_485

// maxFile is the limit for what Decode reads: far above any real file of MaxPixels.
const maxFile = 1 << 30

// ErrFormat reports data that start as neither JPEG nor PNG.
var ErrFormat = errors.New("neither JPEG nor PNG")

// SizeError reports an image of more than [MaxPixels] pixels or of none.
type SizeError struct{ W, H int }

func (e *SizeError) Error() string {
	if e.W <= 0 || e.H <= 0 {
		return fmt.Sprintf("%d x %d pixels: an image needs at least one", e.W, e.H)
	}
	return fmt.Sprintf("%d x %d pixels: above the limit of %d", e.W, e.H, MaxPixels)
}

// Decode reads a JPEG or PNG file of any mode and turns it upright by its EXIF
// orientation. The pixels are those of Pillow's
// ImageOps.exif_transpose(Image.open(f)).convert("RGB"):
//
//   - grey becomes three equal values; 1-, 2- and 4-bit grey is spread to 0..255;
//   - palettes are looked up;
//   - alpha is dropped, not composited: the colour under a transparent pixel shows;
//   - of 16-bit samples the high byte is kept. For 16-bit grey this is not what
//     Pillow does: it clips at 255, which paints such images white;
//   - four-component JPEG holds inverted CMYK, as Adobe writes it.
//
// PNG is exact. In JPEG, the interpolation of chroma and the conversion of
// colours are libjpeg's; the inverse cosine transform is Go's, which rounds
// differently: about 3 % of the values differ, by 1 to 3 of 255 (see ycc.go).
// Arithmetic-coded and 12-bit JPEG cannot be read.
//
// An image of more than [MaxPixels] is a [*SizeError], found before memory for
// its pixels is allocated. Truncated files are errors.
func Decode(r io.Reader) (*Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	return decode(data)
}

// DecodeFile is [Decode] of the file at path; its errors name the file.
func DecodeFile(path string) (*Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // an *fs.PathError names the file
	}
	defer f.Close()
	m, err := Decode(f)
	var named *fs.PathError
	if err != nil && !errors.As(err, &named) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, err
}

func decode(data []byte) (*Image, error) {
	var config func(io.Reader) (image.Config, error)
	var read func(io.Reader) (image.Image, error)
	var exif []byte
	switch {
	case len(data) == 0:
		return nil, errors.New("empty file")
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		config, read, exif = jpeg.DecodeConfig, jpeg.Decode, jpegEXIF(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		config, read, exif = png.DecodeConfig, png.Decode, pngEXIF(data)
	default:
		return nil, ErrFormat
	}
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return nil, truncated(err)
	}
	// Divide: the product of two 32-bit sizes can overflow an int of 32 bits.
	if c.Width <= 0 || c.Height <= 0 || c.Width > MaxPixels/c.Height {
		return nil, &SizeError{c.Width, c.Height}
	}
	src, err := read(bytes.NewReader(data))
	if err != nil {
		return nil, truncated(err)
	}
	return orient(FromImage(src), orientation(exif)), nil
}

// truncated makes the decoders' errors for truncated data readable.
func truncated(err error) error {
	for _, early := range []error{io.ErrUnexpectedEOF, io.EOF,
		jpeg.FormatError("short Huffman data"), png.FormatError("not enough pixel data")} {
		if errors.Is(err, early) {
			return fmt.Errorf("truncated image data: %w", io.ErrUnexpectedEOF)
		}
	}
	return err
}
