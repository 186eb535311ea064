package rgb

import (
	"compress/zlib"
	"errors"
	"image/png"
	"io"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// readPNG reads with Go's decoder, and what that refuses once more as Pillow does, which
// looks at less of a file.
func readPNG(data []byte) (m *Image, damage, err error) {
	if isWide(data) {
		return readWide(data)
	}
	m, refused := by(png.Decode)(data)
	if refused == nil {
		return m, nil, nil
	}
	p, err := parsePNG(data)
	if err != nil {
		return nil, nil, err
	}
	n, err := p.check(io.Discard)
	if err != nil {
		return nil, nil, err
	}
	if p.black() {
		refused = errBlack
	}
	// The repaired file is never whole in memory.
	file, to := io.Pipe()
	defer file.Close()
	go func() { to.CloseWithError(p.repair(to, n)) }()
	sound, err := png.Decode(file)
	if err != nil {
		return nil, nil, err
	}
	return FromImage(sound), refused, nil
}

var errBlack = errors.New("png: no palette: every pixel is black")

// black reports an image that lacks its palette.
func (p pngFile) black() bool { return p.head[pngColour] == pngPalette && len(p.palette) < 3 }

// repair writes a sound file with the same pixels, of which n bytes of rows are in p.
func (p pngFile) repair(to io.Writer, n int64) error {
	_, all, err := p.passes()
	if err != nil {
		return err
	}
	b := appendChunk([]byte(pngMagic), "IHDR", p.head)
	if p.head[pngColour] == pngPalette {
		b = appendChunk(b, "PLTE", p.colours())
	}
	if _, err := to.Write(b); err != nil {
		return err
	}
	stream, err := p.stream()
	if err != nil {
		return err
	}
	z, err := zlib.NewWriterLevel(idatWriter{to}, zlib.NoCompression)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(z, stream, n); err != nil {
		return err
	}
	if _, err := io.CopyN(z, zeros{}, all-n); err != nil { // rows that are missing are black
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err = to.Write(appendChunk(nil, "IEND", nil))
	return err
}

// idatWriter writes each piece as an IDAT chunk.
type idatWriter struct{ to io.Writer }

func (w idatWriter) Write(b []byte) (int, error) {
	if _, err := w.to.Write(appendChunk(nil, "IDAT", b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// colours returns the palette, at most as long as an index can be; without one all is black.
func (p pngFile) colours() []byte {
	most := 1 << min(p.head[pngDepth], 8)
	if len(p.palette) < 3 {
		return make([]byte, 3*most)
	}
	return p.palette[:3*min(len(p.palette)/3, most)]
}
