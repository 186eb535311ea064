package augment_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/augment/internal/opcall"
	"github.com/bcl-go/bcl/bcl/rng"
)

// fuzzed are the operations that accept any numbers.
var fuzzed = []string{
	"flip", "brightness", "contrast", "saturation", "hue", "grey", "blur", "kernelblur", "autocontrast", "invert", "equalize",
	"solarize", "posterize", "cutout", "affine", "shearx", "sheary", "translatex", "translatey", "rotate", "sharpness",
}

// FuzzOperations: no image and no parameter makes an operation panic, change its
// source or change the size.
func FuzzOperations(f *testing.F) {
	for i := range fuzzed {
		f.Add(uint8(i), uint8(i), uint8(3*i), 0.3, 17.0, -4.0, 0.0, 1.0, 90.0)
		f.Add(uint8(i), uint8(0), uint8(0), math.NaN(), 1e300, -1e300, math.Inf(1), math.Inf(-1), -1.0)
		f.Add(uint8(i), uint8(63), uint8(31), 1e9, math.Inf(1), math.NaN(), 1.0, 1.0, 1e-300)
	}
	f.Fuzz(func(t *testing.T, op, w, h uint8, a, b, c, d, e, g float64) {
		name := fuzzed[int(op)%len(fuzzed)]
		src := noise(1+int(w)%64, 1+int(h)%64, rand.New(rand.NewPCG(uint64(w), uint64(h))))
		before := src.Clone()
		got, err := opcall.Call(name, src, []float64{a, b, c, d, e, g})
		if err != nil {
			t.Fatal(err)
		}
		if got.W != src.W || got.H != src.H || len(got.Pix) != len(src.Pix) {
			t.Errorf("%s: %dx%d became %dx%d", name, src.W, src.H, got.W, got.H)
		}
		if n, _ := differences(src, before); n > 0 {
			t.Errorf("%s changed its source", name)
		}
	})
}

// FuzzResize: crops of any size and position, resized to any size, do not panic.
func FuzzResize(f *testing.F) {
	f.Add(uint8(1), uint8(1), int16(0), int16(0), int16(1), int16(1), uint8(31), uint8(31), false)
	f.Add(uint8(31), uint8(31), int16(-5), int16(40), int16(64), int16(3), uint8(0), uint8(63), true)
	f.Add(uint8(63), uint8(8), int16(3), int16(1), int16(60), int16(7), uint8(2), uint8(1), false)
	f.Fuzz(func(t *testing.T, w, h uint8, x, y, bw, bh int16, ow, oh uint8, linear bool) {
		src := noise(1+int(w)%64, 1+int(h)%64, rand.New(rand.NewPCG(uint64(w), uint64(h))))
		filter := augment.Bicubic
		if linear {
			filter = augment.Bilinear
		}
		box := []float64{float64(x), float64(y), float64(bw % 200), float64(bh % 200)}
		ow, oh = ow%64+1, oh%64+1
		got, err := opcall.Call("resizedcrop", src, append(box, float64(ow), float64(oh), float64(filter)))
		if err != nil {
			t.Fatal(err)
		}
		if got.W != int(ow) || got.H != int(oh) {
			t.Errorf("%dx%d, want %dx%d", got.W, got.H, ow, oh)
		}
	})
}

// FuzzCrop: nor do crops that leave the image, nor the views of evaluation.
func FuzzCrop(f *testing.F) {
	f.Add(uint8(1), uint8(1), int16(0), int16(0), uint8(1), uint8(1), false)
	f.Add(uint8(31), uint8(63), int16(-5), int16(40), uint8(64), uint8(3), true)
	f.Add(uint8(63), uint8(0), int16(-32768), int16(32767), uint8(0), uint8(255), true)
	f.Fuzz(func(t *testing.T, w, h uint8, x, y int16, bw, bh uint8, linear bool) {
		src := noise(1+int(w)%64, 1+int(h)%64, rand.New(rand.NewPCG(uint64(w), uint64(h))))
		got, err := opcall.Call("crop", src, []float64{float64(x), float64(y), float64(bw), float64(bh)})
		if err != nil {
			t.Fatal(err)
		}
		if got.W != int(bw) || got.H != int(bh) {
			t.Errorf("%dx%d, want %dx%d", got.W, got.H, bw, bh)
		}
		short, size, filter := 1+bw%80, 1+bh%64, 0.0
		if linear {
			filter = 1
		}
		got, err = opcall.Call("plain", src, []float64{float64(short), float64(size), filter})
		if err != nil {
			t.Fatal(err)
		}
		if got.W != int(size) || got.H != int(size) {
			t.Errorf("%dx%d, want %d", got.W, got.H, size)
		}
	})
}

// TestEveryOperationIsFuzzed: FuzzOperations has all except those with their own fuzz
// test.
func TestEveryOperationIsFuzzed(t *testing.T) {
	for _, op := range opcall.Names() {
		if !slices.Contains(fuzzed, op) && !slices.Contains([]string{"resize", "resizedcrop", "crop", "plain", "view"}, op) {
			t.Errorf("%s is not", op)
		}
	}
}

// FuzzView: no image, recipe, seed or strength makes a view panic.
func FuzzView(f *testing.F) {
	f.Add(uint8(31), uint8(31), uint8(23), uint8(0), uint64(1), 0.5, uint8(2))
	f.Add(uint8(0), uint8(63), uint8(31), uint8(3), uint64(2), 1.0, uint8(9))
	f.Add(uint8(63), uint8(0), uint8(0), uint8(23), uint64(3), 1.0, uint8(15))
	f.Fuzz(func(t *testing.T, w, h, size, kernel uint8, seed uint64, weight float64, k uint8) {
		src := noise(1+int(w)%64, 1+int(h)%64, rand.New(rand.NewPCG(uint64(w), uint64(h))))
		p := augment.ImageNet(1 + int(size)%64).With(augment.Boost{K: 1 + int(k%15), R: 30, NoFloor: seed%2 == 0})
		if p.Blur.Kernel = int(kernel%64) | 1; kernel < 64 {
			p.Blur.Kernel = 0
		}
		if linear := seed%3 == 0; linear {
			p.Filter = augment.Bilinear
		}
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		dst := make([]uint8, 3*p.Size*p.Size)
		p.NewWorker().View(dst, src, weight, seed, 1, 2, 0)

		var v augment.Params
		s := rng.New(seed, rng.View, 0, 0, 0)
		p.Draw(&v, &s, src.W, src.H, augment.Strength{Magnitude: weight, Prob: 1})
		if len(v.Steps) != p.Boost.K {
			t.Errorf("%d steps of %d with probability 1", len(v.Steps), p.Boost.K)
		}
	})
}
