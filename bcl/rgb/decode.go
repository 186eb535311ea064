package rgb

import (
	"cmp"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/bcl-go/bcl/bcl/quote"
)

// MaxPixels is the largest image that [Decode] accepts, in pixels. A file of a
// few kilobytes can claim to hold gigabytes; the value is the one above which Pillow
// refuses a "decompression bomb", twice PIL.Image.MAX_IMAGE_PIXELS, where it warns.
// Decoding takes 3 bytes a pixel for the image, 4 more at most for what Go's decoders hold
// (8 for 16-bit TIFF), 6 more for progressive JPEG (CMYK 8), which libjpeg holds whole, and
// 3 to turn it.
const MaxPixels = 2 * 89_478_485

// maxFile is the limit for what Decode reads: far above any real file of MaxPixels.
const maxFile = 1 << 30

// SizeError reports an image of more than Max pixels or of none.
type SizeError struct{ W, H, Max int }

func (e *SizeError) Error() string {
	if e.W <= 0 || e.H <= 0 {
		return fmt.Sprintf("%d x %d pixels: an image needs at least one", e.W, e.H)
	}
	return fmt.Sprintf("%d x %d pixels: above the limit of %d", e.W, e.H, e.Max)
}

// Decode reads a JPEG, PNG, WebP, BMP, TIFF or GIF file of any mode (of the last two the
// first page or frame) and turns it upright by its orientation in EXIF or XMP, which
// torchvision's ImageFolder does not do. The pixels are those of Pillow's
// ImageOps.exif_transpose(Image.open(f)).convert("RGB"):
//
//   - grey becomes three equal values; 1-, 2- and 4-bit grey is spread to 0..255;
//   - palettes are looked up;
//   - alpha is dropped, not composited: the colour under a transparent pixel shows;
//   - of 16-bit samples the high byte is kept. For 16-bit grey this is not what
//     Pillow does: it clips at 255, which paints such images white;
//   - four-component JPEG holds inverted CMYK, as Adobe writes it.
//
// All is exact, damaged JPEG and PNG files included: what Pillow passes over, such as a wrong
// checksum, is passed over ([Decoder].Damaged tells), and what it refuses is an error, as
// truncated files are. JPEG needs cgo for that: builds without it, or with the tag
// nolibjpeg, use Go's decoder, which rounds differently (see [JPEGDecoder]). Not read are
// 12-bit and lossless JPEG, animated WebP, and TIFF with JPEG, zstd or Group 4 inside, CMYK
// or floats.
//
// An image of more than [MaxPixels] is a [*SizeError], found before memory for
// its pixels is allocated.
func Decode(r io.Reader) (*Image, error) { return Decoder{}.Decode(r) }

// DecodeFile is [Decode] of the file at path; its errors name the file.
func DecodeFile(path string) (*Image, error) { return Decoder{}.DecodeFile(path) }

// Decoder decodes with options. The zero value does what [Decode] does.
type Decoder struct {
	MaxPixels int // of an image; 0: [MaxPixels]

	// Damaged, if set, is called with what was passed over in a file, as Pillow does: the
	// image may be wrong there.
	Damaged func(damage error)
}

// Decode is the function [Decode] with the options of d.
func (d Decoder) Decode(r io.Reader) (*Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	return d.decode(data)
}

// DecodeBytes is Decode of a file that is in memory.
func (d Decoder) DecodeBytes(data []byte) (*Image, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	return d.decode(data)
}

// DecodeFile is the function [DecodeFile] with the options of d.
func (d Decoder) DecodeFile(path string) (*Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, quote.Error(err) // which names the file
	}
	defer f.Close()
	m, err := d.Decode(f)
	if _, named := err.(*fs.PathError); err != nil && !named {
		return nil, fmt.Errorf("%s: %w", quote.Name(path), err)
	}
	return m, quote.Error(err)
}

func (d Decoder) decode(data []byte) (*Image, error) {
	f, err := formatOf(data)
	if err != nil {
		return nil, err
	}
	w, h, err := f.size(data)
	if err != nil {
		return nil, explain(err)
	}
	if f.claim != nil {
		if err := f.claim(data); err != nil {
			return nil, explain(err)
		}
	}
	// Divide: the product of two 32-bit sizes can overflow an int of 32 bits.
	most := cmp.Or(d.MaxPixels, MaxPixels)
	if w <= 0 || h <= 0 || w > most/h {
		return nil, &SizeError{w, h, most}
	}
	m, damage, err := f.read(data)
	if err != nil {
		return nil, explain(err)
	}
	if damage != nil && d.Damaged != nil {
		d.Damaged(explain(damage))
	}
	return orient(m, f.held(data).orientation()), nil
}

// explain says in words what the decoders report when the data end early, and what to do
// about what they do not know.
func explain(err error) error {
	if _, ok := errors.AsType[tiff.UnsupportedError](err); ok || errors.Is(err, bmp.ErrUnsupported) {
		return fmt.Errorf("%w: convert it to PNG", err)
	}
	for _, early := range []error{io.ErrUnexpectedEOF, io.EOF,
		jpeg.FormatError("short Huffman data"), png.FormatError("not enough pixel data")} {
		if errors.Is(err, early) {
			return fmt.Errorf("truncated image data: %w", io.ErrUnexpectedEOF)
		}
	}
	return err
}
