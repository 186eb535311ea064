package rgb

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func noise(w, h int) *Image {
	m := New(w, h)
	for i := range m.Pix {
		m.Pix[i] = uint8(i * i >> 3)
	}
	return m
}

func wantSame(t *testing.T, name string, got, want *Image) {
	t.Helper()
	if got.W != want.W || got.H != want.H || !bytes.Equal(got.Pix, want.Pix) {
		t.Errorf("%s: %d x %d %v, want %d x %d %v", name, got.W, got.H, got.Pix, want.W, want.H, want.Pix)
	}
}

// An image does not change in Go's image types and encoders.
func TestImageThereAndBack(t *testing.T) {
	m := noise(5, 3)
	wantSame(t, "itself", FromImage(m), m)
	if &FromImage(m).Pix[0] == &m.Pix[0] {
		t.Error("the copy shares memory")
	}
	back, err := Decode(bytes.NewReader(encode(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "PNG", back, m)
	at := image.Rect(-2, 7, 3, 10)
	for name, dst := range map[string]draw.Image{
		"RGBA": image.NewRGBA(at), "NRGBA": image.NewNRGBA(at), "RGBA64": image.NewRGBA64(at), "NRGBA64": image.NewNRGBA64(at),
	} {
		draw.Draw(dst, at, m, image.Point{}, draw.Src)
		wantSame(t, name, FromImage(dst), m)
		wantSame(t, name+" behind At alone", FromImage(struct{ image.Image }{dst}), m)
	}
}

// To the PNG encoder, m is the opaque NRGBA image with its pixels.
func TestImageAsEncoded(t *testing.T) {
	m := noise(37, 23)
	n := image.NewNRGBA(m.Bounds())
	draw.Draw(n, n.Rect, m, image.Point{}, draw.Src)
	if !bytes.Equal(encode(t, m), encode(t, n)) {
		t.Error("other bytes of PNG than of an image.NRGBA")
	}
	for _, p := range []image.Point{{-1, 0}, {0, -1}, {37, 0}, {0, 23}} {
		if m.At(p.X, p.Y) != (color.RGBA{}) || m.RGBA64At(p.X, p.Y) != (color.RGBA64{}) {
			t.Errorf("a colour outside, at %v", p)
		}
	}
	for y := range m.H {
		for x := range m.W {
			r, g, b, a := m.At(x, y).RGBA()
			if c := m.RGBA64At(x, y); uint32(c.R) != r || uint32(c.G) != g || uint32(c.B) != b || uint32(c.A) != a || a != 0xffff {
				t.Fatalf("at (%d, %d): RGBA64At %v, At %v", x, y, c, m.At(x, y))
			}
		}
	}
}

// FromImage of the results of Go's decoders is Decode, but for the rounding of JPEG.
func TestFromImageIsDecode(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.*g")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read, exif := png.Decode, pngHeld(data)
		if filepath.Ext(path) == ".jpg" {
			read, exif = jpeg.Decode, jpegHeld(data)
		}
		src, err := read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		want, err := Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		got := orient(FromImage(src), exif.orientation())
		if filepath.Ext(path) == ".jpg" {
			for i, v := range got.Pix {
				if d := int(v) - int(want.Pix[i]); d >= -2 && d <= 2 {
					got.Pix[i] = want.Pix[i]
				}
			}
		}
		wantSame(t, path, got, want)
	}
}

// Alpha is dropped: the colour does not change, even with alpha 0, as in Pillow's
// Image.new("RGBA", ...).convert("RGB"). Premultiplied types are divided by it.
func TestFromImageDropsAlpha(t *testing.T) {
	box := image.Rect(0, 0, 1, 1)
	want := func(name string, src image.Image, r, g, b uint8) {
		t.Helper()
		wantSame(t, name, FromImage(src), &Image{W: 1, H: 1, Pix: []uint8{r, g, b}})
	}
	for _, a := range []uint8{0, 1, 127, 255} {
		want("NRGBA", &image.NRGBA{Pix: []uint8{200, 100, 7, a}, Stride: 4, Rect: box}, 200, 100, 7)
		want("NRGBA64", &image.NRGBA64{Pix: []uint8{200, 255, 100, 0, 7, 1, a, a}, Stride: 8, Rect: box}, 200, 100, 7)
		want("palette", &image.Paletted{Pix: []uint8{0}, Stride: 1, Rect: box, Palette: color.Palette{color.NRGBA{200, 100, 7, a}}}, 200, 100, 7)
		want("palette of 16 bits", &image.Paletted{Pix: []uint8{0}, Stride: 1, Rect: box,
			Palette: color.Palette{color.NRGBA64{200<<8 | 3, 100 << 8, 7<<8 | 255, uint16(a) << 8}}}, 200, 100, 7)
		n := image.NewNYCbCrA(box, image.YCbCrSubsampleRatio444)
		n.Y[0], n.Cb[0], n.Cr[0], n.A[0] = 90, 128, 128, a
		want("NYCbCrA", n, 90, 90, 90)
	}
	want("RGBA", &image.RGBA{Pix: []uint8{100, 50, 4, 128}, Stride: 4, Rect: box}, 199, 99, 7)
	want("RGBA without alpha", &image.RGBA{Pix: []uint8{100, 50, 4, 255}, Stride: 4, Rect: box}, 100, 50, 4)
	want("RGBA of alpha 0", &image.RGBA{Pix: []uint8{0, 0, 0, 0}, Stride: 4, Rect: box}, 0, 0, 0)
	want("RGBA64", &image.RGBA64{Pix: []uint8{100, 0, 50, 0, 4, 0, 128, 0}, Stride: 8, Rect: box}, 199, 99, 7)
	want("palette, premultiplied", &image.Paletted{Pix: []uint8{0}, Stride: 1, Rect: box, Palette: color.Palette{color.RGBA{100, 50, 4, 128}}}, 199, 99, 7)
}

// A sub-image can start anywhere, also between two chroma samples. At its border chroma
// is interpolated as at any image's border; inside, as in the full image.
func TestFromImageOfAPart(t *testing.T) {
	for ratio, step := range map[image.YCbCrSubsampleRatio]image.Point{
		image.YCbCrSubsampleRatio444: {}, image.YCbCrSubsampleRatio422: {2, 0}, image.YCbCrSubsampleRatio420: {2, 2},
		image.YCbCrSubsampleRatio440: {0, 2}, image.YCbCrSubsampleRatio411: {}, image.YCbCrSubsampleRatio410: {},
	} {
		src := image.NewYCbCr(image.Rect(0, 0, 21, 17), ratio)
		for i := range src.Y {
			src.Y[i] = uint8(i * 3)
		}
		for i := range src.Cb {
			src.Cb[i], src.Cr[i] = uint8(i*i), uint8(i*7)
		}
		whole := FromImage(src)
		for _, at := range []image.Rectangle{image.Rect(0, 0, 21, 17), image.Rect(3, 5, 20, 16), image.Rect(4, 3, 17, 17), image.Rect(5, 6, 21, 15),
			image.Rect(3, 3, 6, 6), image.Rect(20, 16, 21, 17)} {
			part := FromImage(src.SubImage(at))
			if part.W != at.Dx() || part.H != at.Dy() {
				t.Fatalf("%v %v: %d x %d", ratio, at, part.W, part.H)
			}
			inner := at
			if at.Dx() < 21 {
				inner.Min.X, inner.Max.X = at.Min.X+step.X, at.Max.X-step.X
				inner.Min.Y, inner.Max.Y = at.Min.Y+step.Y, at.Max.Y-step.Y
			}
			for y := inner.Min.Y; y < inner.Max.Y; y++ {
				for x := inner.Min.X; x < inner.Max.X; x++ {
					if got := part.At(x-at.Min.X, y-at.Min.Y); got != whole.At(x, y) {
						t.Fatalf("%v %v: pixel (%d, %d) is %v, in the whole %v", ratio, at, x, y, got, whole.At(x, y))
					}
				}
			}
		}
	}
	m := noise(9, 8)
	for name, dst := range map[string]draw.Image{"NRGBA": image.NewNRGBA(m.Bounds()), "RGBA64": image.NewRGBA64(m.Bounds())} {
		draw.Draw(dst, m.Bounds(), m, image.Point{}, draw.Src)
		part := FromImage(dst.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(2, 3, 7, 5)))
		for y := range part.H {
			for x := range part.W {
				if part.At(x, y) != m.At(x+2, y+3) {
					t.Errorf("%s: pixel (%d, %d) of a part differs", name, x, y)
				}
			}
		}
	}
}
