package rgb

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// header returns the start of a PNG file that claims w x h pixels.
func header(w, h uint32) []byte {
	ihdr := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(ihdr[4:], w)
	binary.BigEndian.PutUint32(ihdr[8:], h)
	ihdr[12], ihdr[13] = 8, 2 // 8-bit RGB
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// claims returns the start of a PNG file that claims w x h pixels, and as many bytes of them
// as could hold these.
func claims(w, h uint32) []byte {
	held := (1 + 3*int64(w)) * int64(h) / deflateRatio
	return appendChunk(header(w, h), "IDAT", make([]byte, held+2))
}

func TestDecodeErrors(t *testing.T) {
	jpg, png := golden(t, "jpeg420.jpg"), golden(t, "rgb8.png")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "empty file"},
		{"half a GIF", golden(t, "gif.gif")[:100], "gif: not enough image data"},
		{"half a WebP", golden(t, "webp_lossy_large.webp")[:300], "truncated image data"},
		{"half a BMP", golden(t, "bmp24.bmp")[:300], "truncated image data"},
		{"half a TIFF", golden(t, "tiff_deflate.tif")[:150], "truncated image data"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic"), "a HEIC image, expected JPEG, PNG, WebP, BMP, TIFF or GIF: convert it"},
		{"AVIF", []byte("\x00\x00\x00\x1cftypavif"), "an AVIF image, expected"},
		{"MP4", []byte("\x00\x00\x00\x1cftypisom"), "an MP4 video"},
		{"PPM", []byte("P6\n1 1\n255\nabc"), "a PPM, PGM or PBM image"},
		{"a page", []byte("\n<!DOCTYPE HTML><html>"), "a web page, not an image"},
		{"LFS", []byte("version https://git-lfs.github.com/spec/v1\n"), "a Git LFS pointer, not the file (git lfs pull fetches it)"},
		{"zeros", make([]byte, 99), "nothing but zeros"},
		{"text", []byte("no picture"), "of no known format, expected JPEG"},
		{"animated WebP", []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "an animated WebP image"},
		{"TIFF of CMYK", tagged(golden(t, "tiff.tif"), 0x06, 5), "color model: convert it to PNG"},
		{"TIFF in planes", tagged(golden(t, "tiff.tif"), 0x1c, 2), "in separate planes"},
		{"half a JPEG", jpg[:len(jpg)/2], "truncated image data"},
		{"JPEG without its end", jpg[:len(jpg)-20], "truncated image data"},
		{"half a PNG", png[:len(png)/2], "truncated image data"},
		{"PNG without pixels", header(60000, 60000), "truncated image data"},
		{"PNG bomb", claims(60000, 60000), "60000 x 60000 pixels: above the limit of 178956970"},
		{"PNG wider than an int32", header(1<<31-1, 1<<31-1), ""},
	} {
		m, err := Decode(bytes.NewReader(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: image %v, error %v, want %q", c.name, m, err, c.want)
		}
	}
	if _, err := Decode(strings.NewReader("no picture")); !errors.Is(err, ErrFormat) {
		t.Errorf("error %v is not ErrFormat", err)
	}
	// A photo of 108 megapixels is not refused for its size, nor one of 179, just above twice
	// Pillow's warning; a decoder may have a limit of its own.
	for _, c := range []struct{ w, h, most, refused uint32 }{
		{12000, 9000, 0, 0}, {17895697, 10, 0, 0}, {17895698, 10, 0, MaxPixels}, {17895698, 10, 200_000_000, 0}, {10, 11, 109, 109}, {10, 11, 110, 0},
	} {
		_, err := Decoder{MaxPixels: int(c.most)}.Decode(bytes.NewReader(claims(c.w, c.h)))
		var size *SizeError
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &size) != (c.refused > 0) || size != nil && size.Max != int(c.refused) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
	var size *SizeError
	if _, err := Decode(bytes.NewReader(claims(60000, 60000))); !errors.As(err, &size) || size.W != 60000 {
		t.Errorf("error %v is not a *SizeError", err)
	}
	if _, err := DecodeFile("testdata/none.png"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.png") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Decode(io.MultiReader(bytes.NewReader(png[:9]), failing{})); !errors.Is(err, errDisk) {
		t.Errorf("failing reader: %v", err)
	}
}

// A second header must not bypass the limit, which is checked on the first; nor may what it
// claims overflow.
func TestTwoHeaders(t *testing.T) {
	ihdr := func(w, h uint32, depth byte) []byte {
		body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
		return appendChunk(nil, "IHDR", append(body, depth, 2, 0, 0, 0))
	}
	var row bytes.Buffer
	z := zlib.NewWriter(&row)
	z.Write(make([]byte, 1+3*20000))
	z.Close()
	file := func(second []byte) []byte {
		b := append(append([]byte(pngMagic), ihdr(1, 1, 8)...), second...)
		return appendChunk(appendChunk(b, "IDAT", row.Bytes()), "IEND", nil)
	}
	for name, second := range map[string][]byte{
		"400 megapixels": ihdr(20000, 20000, 8), "overflow": ihdr(1048575, 1<<31, 8), "largest": ihdr(1<<32-1, 1<<32-1, 16), "depth": ihdr(1, 1, 255),
	} {
		if m, err := Decode(bytes.NewReader(file(second))); err == nil {
			t.Errorf("%s: %d x %d pixels", name, m.W, m.H)
		}
	}
	if _, err := Decode(bytes.NewReader(file(ihdr(1, 1, 8)))); err != nil {
		t.Errorf("the same header twice: %v", err)
	}
}

// A few bytes may claim gigabytes: refused before there is memory for them, in whatever way
// the file is odd beside that.
func TestClaimsMoreThanItHolds(t *testing.T) {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 13000), 13000)
	b := appendChunk([]byte(pngMagic), "IHDR", append(ihdr, 8, 2, 0, 0, 0))
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	z.Write(make([]byte, 1+3*13000))
	z.Close()
	b = appendChunk(b, "IDAT", rows.Bytes())
	for name, file := range map[string][]byte{"no end": b, "an end": appendChunk(bytes.Clone(b), "IEND", nil)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := Decode(bytes.NewReader(file))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "13000 x 13000 pixels") {
			t.Errorf("%s: %v, %v", name, m != nil, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes of a file of %d", name, used, len(file))
		}
	}
}

// What a file cannot hold is said as that even where it is above the limit, which a higher
// limit would not help.
func TestClaimsAboveTheLimit(t *testing.T) {
	png := appendChunk(header(65500, 65500), "IDAT", make([]byte, 1000))
	bmp := golden(t, "bmp24.bmp")
	binary.LittleEndian.PutUint32(bmp[18:], 65500)
	binary.LittleEndian.PutUint32(bmp[22:], -65500&0xffffffff)
	for want, file := range map[string][]byte{"65500 x 65500 pixels in 1000 bytes, which cannot hold them": png, "truncated image data": bmp} {
		var size *SizeError
		if _, err := Decode(bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) || errors.As(err, &size) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// tagged returns a TIFF file with another value of a tag from 0x100.
func tagged(tiff []byte, tag, value byte) []byte {
	tiff = bytes.Clone(tiff)
	at := bytes.Index(tiff, []byte{tag, 1, 3, 0, 1, 0, 0, 0})
	tiff[at+8] = value
	return tiff
}

var errDisk = errors.New("disk on fire")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errDisk }

// A damaged EXIF block must not lose the image.
func TestOrientation(t *testing.T) {
	entry := func(order binary.AppendByteOrder, tag, kind, value uint16) []byte {
		mark := "II*\x00"
		if order == binary.BigEndian {
			mark = "MM\x00*"
		}
		b := order.AppendUint32([]byte(mark), 8)
		b = order.AppendUint16(b, 1)
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, value)
		return append(b, 0, 0)
	}
	little, big := binary.LittleEndian, binary.BigEndian
	for _, c := range []struct {
		name string
		tiff []byte
		want int
	}{
		{"little-endian", entry(little, 0x112, 3, 6), 6},
		{"big-endian", entry(big, 0x112, 3, 8), 8},
		{"another tag", entry(big, 0x110, 3, 8), 1},
		{"a type of text", entry(big, 0x112, 2, 8), 1},
		{"out of range", entry(big, 0x112, 3, 9), 1},
		{"zero", entry(big, 0x112, 3, 0), 1},
		{"cut", entry(big, 0x112, 3, 8)[:15], 1},
		{"offset beyond the end", []byte("II*\x00\xff\xff\xff\xff"), 1},
		{"no TIFF", []byte("nonsense"), 1},
		{"nothing", nil, 1},
	} {
		if got := (held{exif: c.tiff}).orientation(); got != c.want {
			t.Errorf("%s: orientation %d, want %d", c.name, got, c.want)
		}
	}
}

// Applying an orientation and its inverse restores the image.
func TestOrientInverse(t *testing.T) {
	m := New(3, 2)
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	inverse := [9]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	for o := 1; o <= 8; o++ {
		turned := orient(m, o)
		back := orient(turned, inverse[o])
		if back.W != m.W || back.H != m.H || !bytes.Equal(back.Pix, m.Pix) {
			t.Errorf("orientation %d is not undone by %d", o, inverse[o])
		}
	}
}

// FuzzDecode: no input may panic, and a good image has its pixels.
func FuzzDecode(f *testing.F) {
	for _, path := range images(f) {
		f.Add(golden(f, filepath.Base(path)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// Large claims are rejected by dimension; medium ones only cost time here.
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height > 1<<20 {
			return
		}
		m, err := Decode(bytes.NewReader(data))
		if err == nil && (m.W <= 0 || m.H <= 0 || len(m.Pix) != 3*m.W*m.H) {
			t.Errorf("%d x %d image with %d values", m.W, m.H, len(m.Pix))
		}
	})
}

func BenchmarkDecodeJPEG(b *testing.B) {
	data := golden(b, "jpeg420.jpg")
	for b.Loop() {
		if _, err := (Decoder{}).decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Alpha is dropped, also where it is 0: the colours below it are kept.
func TestDecodeDropsAlpha(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 700, 300))
	for i := range src.Pix {
		src.Pix[i] = uint8(i * 7)
	}
	m, err := Decode(bytes.NewReader(encode(t, src)))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(src.Pix); i += 4 {
		if !bytes.Equal(m.Pix[i/4*3:][:3], src.Pix[i:][:3]) {
			t.Fatalf("pixel %d is %v, want %v", i/4, m.Pix[i/4*3:][:3], src.Pix[i:][:3])
		}
	}
}

func BenchmarkDecodeFile(b *testing.B) {
	for b.Loop() {
		if _, err := DecodeFile("testdata/jpeg420.jpg"); err != nil {
			b.Fatal(err)
		}
	}
}
