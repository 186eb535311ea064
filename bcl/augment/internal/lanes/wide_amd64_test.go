//go:build !purego

package lanes

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func random(r *rand.Rand, n int) []uint8 {
	p := make([]uint8, n)
	for i := range p {
		p[i] = uint8(r.Uint32())
	}
	if r.IntN(4) == 0 { // only the extremes
		for i := range p {
			p[i] = uint8(int8(p[i]) >> 7)
		}
	}
	return p
}

// randomTaps draws taps of any weights whose sums fit, like a bicubic kernel's.
func randomTaps(r *rand.Rand, in, out int) *Taps {
	t := new(Taps)
	t.Reserve(in, out, 1+r.IntN(min(in, 21)))
	t.reservePlain(in)
	for o := range out {
		t.First[o] = r.IntN(in - t.Width + 1)
		left := int64(1<<Precision) * 3 / 2
		for i := range t.Width {
			w := r.Int64N(2*left+1) - left
			if r.IntN(4) == 0 {
				w = 0
			}
			t.Weight[o*t.Width+i] = w
			left -= max(w, -w)
		}
	}
	t.Ready()
	return t
}

// margin is how many bytes on each side of what a routine writes are watched.
const margin = 40

// inside returns p without its margins.
func inside(p []uint8) []uint8 { return p[margin : len(p)-margin : len(p)-margin] }

// same compares what a routine and its twin in plain Go wrote.
func same(t *testing.T, what string, got, want []uint8) {
	t.Helper()
	if !bytes.Equal(got, want) {
		for i, v := range want {
			if got[i] != v {
				t.Fatalf("%s: byte %d of %d is %d, plain Go gives %d", what, i, len(want), got[i], v)
			}
		}
	}
}

func TestAcrossIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		n, out := 1+r.IntN(70), 1+r.IntN(70)
		taps := randomTaps(r, n, out)
		from, to := 3*n+Slack+r.IntN(5), 3*out+1+r.IntN(5)
		src := random(r, RowsAcross*from)
		got, want := make([]uint8, RowsAcross*to+2*margin), make([]uint8, RowsAcross*to+2*margin)
		taps.Across(inside(got), to, src, from, n)
		taps.acrossPlain(inside(want), to, src, from, n)
		for i := range RowsAcross {
			inside(got)[i*to+3*out] = 0 // it may be written
		}
		same(t, "across", got, want)
	}
}

func TestDownIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n, taps := 1+r.IntN(600), randomTaps(r, 30, 1)
		rows := random(r, 30*n)
		var at []int
		for i := range taps.Width {
			at = append(at, (taps.First[0]+i)*n)
		}
		got, want := make([]uint8, n+2*margin), make([]uint8, n+2*margin)
		Down(inside(got), rows, at, taps.Weight)
		downPlain(inside(want), rows, at, taps.Weight)
		same(t, "down", got, want)
	}
}

func TestBoxIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 2000 {
		b := Box{Radius: r.IntN(WidestBox + 2)}
		inner := int64(2*b.Radius + 1)
		b.Inner = r.Int64N(1<<24/inner + 1)
		b.Outer = r.Int64N((1<<24-inner*b.Inner)/2 + 1)
		n, step := 1+r.IntN(200), 1+r.IntN(60)
		in := random(r, n+2*(b.Radius+1)*step)
		got, want := make([]uint8, n+2*margin), make([]uint8, n+2*margin)
		b.Filter(inside(got), in, step)
		b.filterPlain(inside(want), in, step)
		same(t, "box", got, want)
	}
}

// TestHueIsPlain goes through all colours, and through odd lengths.
func TestHueIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	shifts := []uint8{0, 85, 213}
	if testing.Short() {
		shifts = shifts[:1]
	}
	p := make([]uint8, 3*256*256+24)
	got, want := make([]uint8, len(p)), make([]uint8, len(p))
	for _, shift := range shifts {
		for red := range 256 {
			for i := range len(p) / 3 {
				p[3*i], p[3*i+1], p[3*i+2] = uint8(red), uint8(i>>8), uint8(i)
			}
			copy(got, p)
			copy(want, p)
			Hue(got, shift)
			huePlain(want, shift)
			same(t, "hue", got, want)
		}
	}
	for n := range 40 {
		p := random(r, 3*n+2*margin)
		got, want := bytes.Clone(p), bytes.Clone(p)
		Hue(inside(got), 17)
		huePlain(inside(want), 17)
		same(t, "hue", got, want)
	}
}

// TestBlendsArePlain includes factors that extrapolate, overflow and are no numbers.
func TestBlendsArePlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for i := range 3000 {
		factor := float32(2.2 * r.Float64())
		switch i % 4 {
		case 0:
			factor = []float32{0, 0.5, 1, 2, -3, 1e9, -1e9, 3e38, nan, inf, -inf}[r.IntN(11)]
		case 1:
			factor = float32(1000 * r.NormFloat64())
		}
		p, from := random(r, 3*r.IntN(60)+2*margin), r.IntN(256)
		compare := func(what string, wide, plain func(p []uint8)) {
			got, want := bytes.Clone(p), bytes.Clone(p)
			wide(inside(got))
			plain(inside(want))
			same(t, what, got, want)
		}
		compare("mix", func(p []uint8) { Mix(p, from, factor) }, func(p []uint8) { mixPlain(p, from, factor) })
		compare("saturate", func(p []uint8) { Saturate(p, factor) }, func(p []uint8) { saturatePlain(p, factor) })
		compare("grey", Grey, greyPlain)
		if got, want := SumLuma(inside(p)), sumLumaPlain(inside(p)); got != want {
			t.Fatalf("sum of the luma of %d pixels is %d, plain Go gives %d", len(inside(p))/3, got, want)
		}
	}
}

func TestConvolveIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	for range 2000 {
		n, step, half := 1+r.IntN(100), 1+r.IntN(40), make([]float32, 1+r.IntN(12))
		for i := range half {
			half[i] = r.Float32()
		}
		at := (len(half) - 1) * step
		in := make([]float32, n+2*at)
		for i := range in {
			in[i] = 255 * r.Float32()
		}
		got, want := make([]float32, n+2*margin), make([]float32, n+2*margin)
		Convolve(got[margin:margin+n], in, at, step, half)
		convolvePlain(want[margin:margin+n], in, at, step, half)
		if !slices.Equal(got, want) {
			t.Fatalf("%d sums of %d weights, step %d: %v, plain Go gives %v", n, 2*len(half)-1, step, got, want)
		}
	}
}

func TestRoundIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	for range 2000 {
		v := make([]float32, 1+r.IntN(100))
		for i := range v {
			v[i] = 255 * r.Float32()
			if r.IntN(2) == 0 { // near a half
				v[i] = float32(r.IntN(255)) + 0.5 + 1e-3*float32(r.NormFloat64())
			}
		}
		passes, theirs := 1e-3*r.Float32(), 1e-5*r.Float32()
		if r.IntN(4) == 0 { // only a half itself is doubtful
			passes, theirs = 0, 0
			v[0] = float32(r.IntN(255)) + 0.5
		}
		n, bits := len(v), (len(v)+7)/8
		got, want := make([]uint8, n+bits+2*margin), make([]uint8, n+bits+2*margin)
		Round(inside(got)[:n], v, passes, theirs, inside(got)[n:])
		roundPlain(inside(want)[:n], v, passes, theirs, inside(want)[n:])
		same(t, "round", got, want)
	}
}

// TestHalves: sums are rounded at a half exactly.
func TestHalves(t *testing.T) {
	ones := bytes.Repeat([]uint8{1}, 4*(3*chunk+Slack))
	for i, want := range []uint8{0, 1, 1} {
		out := make([]uint8, 4*(3*chunk+1))
		all := func(what string, got []uint8) {
			t.Helper()
			same(t, what, got, bytes.Repeat([]uint8{want}, len(got)))
		}
		weight := int64(1<<(Precision-1) - 1 + i)
		Down(out, ones, []int{0}, []int64{weight})
		all("down", out)
		Box{Inner: 1<<23 - 1 + int64(i)}.Filter(out[:chunk], ones, 3)
		all("box", out[:chunk])
		var taps Taps
		taps.Reserve(chunk, chunk, 1)
		for x := range taps.First {
			taps.First[x], taps.Weight[x] = x, weight
		}
		taps.Ready()
		taps.Across(out, 3*chunk+1, ones, 3*chunk+Slack, chunk)
		all("across", out[:3*chunk])
	}
}
