package rgb

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"io"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// ErrFormat reports data of a format that [Decode] does not read.
var ErrFormat = errors.New("expected JPEG, PNG, WebP, BMP, TIFF or GIF: convert it")

// format is an image format that is read.
type format struct {
	magic string // how files begin, where ? is any byte
	size  func(data []byte) (w, h int, err error)
	read  func(data []byte) (m *Image, damage, err error)
	held  func(data []byte) held // how the camera was
	// claim refuses an image whose pixels cannot be in the file, before there is memory for
	// them: a few bytes may claim gigabytes. nil: only decoding tells.
	claim func(data []byte) error
}

var formats = []format{
	{"\xff\xd8\xff", jpegSize, readJPEG, jpegHeld, nil},
	{pngMagic, pngSize, readPNG, pngHeld, pngClaim},
	{"RIFF????WEBP", sizeBy(webp.DecodeConfig), whole(readWebP), webpHeld, nil},
	{"BM", sizeBy(bmp.DecodeConfig), whole(by(bmp.Decode)), notHeld, bmpClaim},
	{"II*\x00", sizeBy(tiff.DecodeConfig), whole(readTIFF), tiffHeld, nil},
	{"MM\x00*", sizeBy(tiff.DecodeConfig), whole(readTIFF), tiffHeld, nil},
	{"GIF8?a", sizeBy(gif.DecodeConfig), whole(readGIF), notHeld, nil},
}

// sizeBy makes a function of Go's that of a format.
func sizeBy(config func(io.Reader) (image.Config, error)) func([]byte) (int, int, error) {
	return func(data []byte) (int, int, error) {
		c, err := config(bytes.NewReader(data))
		return c.Width, c.Height, err
	}
}

// whole is for decoders that pass over no damage.
func whole(read func([]byte) (*Image, error)) func([]byte) (*Image, error, error) {
	return func(data []byte) (*Image, error, error) {
		m, err := read(data)
		return m, nil, err
	}
}

// by makes a decoder of Go's a reader.
func by(decode func(io.Reader) (image.Image, error)) func([]byte) (*Image, error) {
	return func(data []byte) (*Image, error) {
		m, err := decode(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return FromImage(m), nil
	}
}

// others are what files among images turn out to be, by how they begin.
var others = []struct{ magic, name string }{
	{"????ftyphei", "a HEIC image"}, {"????ftyphev", "a HEIC image"}, {"????ftypmif1", "a HEIF image"}, {"????ftypavi", "an AVIF image"},
	{"????ftypqt", "a QuickTime video"}, {"????ftyp", "an MP4 video"}, {"\x1aE\xdf\xa3", "a Matroska or WebM video"}, {"RIFF????AVI ", "an AVI video"},
	{"\xff\x0a", "a JPEG XL image"}, {"\x00\x00\x00\x0cJXL ", "a JPEG XL image"}, {"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"},
	{"II+\x00", "a BigTIFF image"}, {"MM\x00+", "a BigTIFF image"}, {"8BPS", "a Photoshop image"}, {"\x00\x00\x01\x00", "an icon"},
	{"P?\n", "a PPM, PGM or PBM image"}, {"P? ", "a PPM, PGM or PBM image"}, {"%PDF", "a PDF document"}, {"<svg", "an SVG drawing"},
	{"<!doctype html", "a web page, not an image"}, {"<html", "a web page, not an image"}, {"<?xml", "an XML document"}, {"{", "a JSON document, not an image"},
	{"version https://git-lfs", "a Git LFS pointer, not the file (git lfs pull fetches it)"},
	{"PK\x03\x04", "a ZIP archive"}, {"\x1f\x8b", "a gzip archive"},
}

// formatOf returns the format of data, or an error that says what they are instead.
func formatOf(data []byte) (*format, error) {
	if len(data) == 0 {
		return nil, errors.New("empty file")
	}
	for i := range formats {
		if begins(data, formats[i].magic) {
			return &formats[i], nil
		}
	}
	for _, o := range others {
		if begins(bytes.TrimLeft(data[:min(len(data), 1024)], "\ufeff \t\r\n"), o.magic) {
			return nil, fmt.Errorf("%s, %w", o.name, ErrFormat)
		}
	}
	if len(bytes.Trim(data, "\x00")) == 0 {
		return nil, fmt.Errorf("nothing but zeros, %w", ErrFormat)
	}
	return nil, fmt.Errorf("of no known format, %w", ErrFormat)
}

// begins reports whether data begin with magic, where ? is any byte, and case is ignored
// in what begins as mark-up.
func begins(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	head := string(data[:len(magic)])
	if magic[0] == '<' {
		head = strings.ToLower(head)
	}
	for i := range len(magic) {
		if magic[i] != '?' && head[i] != magic[i] {
			return false
		}
	}
	return true
}
