package rgb

import (
	"bytes"
	"compress/zlib"
	"image/png"
	"math/rand/v2"
	"runtime"
	"testing"
)

// randomPNG is a file of random bytes with random filters.
func randomPNG(t testing.TB, r *rand.Rand, w, h int, depth, colour, interlace byte) []byte {
	t.Helper()
	p := pngFile{head: []byte{0, 0, byte(w >> 8), byte(w), 0, 0, byte(h >> 8), byte(h), depth, colour, 0, 0, interlace}}
	passes, _, err := p.passes()
	if err != nil {
		t.Fatal(err)
	}
	var stream bytes.Buffer
	z := zlib.NewWriter(&stream)
	for _, pass := range passes {
		for range pass.rows {
			row := make([]byte, pass.size)
			for i := range row {
				row[i] = byte(r.Uint32())
			}
			row[0] = byte(r.IntN(5))
			if _, err := z.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b := appendChunk([]byte(pngMagic), "IHDR", p.head)
	if colour == pngPalette {
		palette := make([]byte, 3*min(200, 1<<depth)) // some indices are beyond it
		for i := range palette {
			palette[i] = byte(r.Uint32())
		}
		b = appendChunk(b, "PLTE", palette)
	}
	return appendChunk(appendChunk(b, "IDAT", stream.Bytes()), "IEND", nil)
}

// TestWide: the pixels are those of Go's decoder, of every kind and every small size.
func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wide := 0
	for colour, depths := range map[byte][]byte{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}} {
		for _, depth := range depths {
			for interlace := range byte(2) {
				for n := range 140 {
					w, h := 1+n%12, 1+n/12
					data := randomPNG(t, r, w, h, depth, colour, interlace)
					if !isWide(data) {
						continue
					}
					wide++
					m, damage, err := readWide(data)
					if err != nil || damage != nil {
						t.Fatal(err, damage)
					}
					want, err := png.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(m.Pix, FromImage(want).Pix) {
						t.Fatalf("%d x %d pixels of colour type %d, depth %d, interlaced %d differ", w, h, colour, depth, interlace)
					}
				}
			}
		}
	}
	if wide < 2000 {
		t.Errorf("%d images", wide)
	}
}

// TestWideMemory: an image takes the memory of its pixels and its file.
func TestWideMemory(t *testing.T) {
	data := randomPNG(t, rand.New(rand.NewPCG(1, 2)), 700, 600, 16, 6, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := readPNG(data); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used, most := after.TotalAlloc-before.TotalAlloc, 3*700*600+3*len(data); used > uint64(most) {
		t.Errorf("%d bytes of memory for a file of %d, expected at most %d", used, len(data), most)
	}
}

// TestWebPWhole: what follows the RIFF is passed over; what is cut, or begins otherwise, is not.
func TestWebPWhole(t *testing.T) {
	data := golden(t, "webp_lossless_exif6.webp")
	for name, c := range map[string]struct {
		data []byte
		read bool
	}{
		"whole":       {data, true},
		"surplus":     {append(bytes.Clone(data), "surplus"...), true},
		"byte gone":   {data[:len(data)-1], false},
		"first chunk": {bytes.Replace(data, []byte("VP8X"), []byte("VP9X"), 1), false},
		"chunk cut":   {bytes.Replace(data, []byte("EXIF"), []byte("EXIF\xff"), 1), false},
	} {
		if _, err := Decode(bytes.NewReader(c.data)); (err == nil) != c.read {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
