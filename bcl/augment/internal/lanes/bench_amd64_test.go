//go:build !purego

package lanes

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkRoutines times each routine and its twin in plain Go, on what a view of 224x224
// has.
func BenchmarkRoutines(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 6))
	const side, row = 224, 3 * 224
	const to, from = row + 32, row + 32
	p, out := random(r, side*row), make([]uint8, side*row)
	taps := randomTaps(r, side, side)
	taps.Reserve(side, side, 8)
	taps.reservePlain(side)
	clear(taps.First)
	taps.Ready()
	src, dst := random(r, RowsAcross*from), make([]uint8, RowsAcross*to)
	at := []int{0, row, 2 * row, 3 * row, 4 * row, 5 * row, 6 * row, 7 * row}
	blur := Box{1, 1 << 22, 1 << 21}
	half, sums, in, doubtful := []float32{0.4, 0.2, 0.1}, make([]float32, row), make([]float32, row+12), make([]uint8, row/8)
	for _, c := range []struct {
		name        string
		bytes       int
		wide, plain func()
	}{
		{"across", RowsAcross * row, func() { taps.Across(dst, to, src, from, side) }, func() { taps.acrossPlain(dst, to, src, from, side) }},
		{"down", row, func() { Down(out[:row], p, at, taps.Weight[:8]) }, func() { downPlain(out[:row], p, at, taps.Weight[:8]) }},
		{"box", row, func() { blur.Filter(out[:row], p[:row+12], 3) }, func() { blur.filterPlain(out[:row], p[:row+12], 3) }},
		{"hue", len(p), func() { Hue(p, 20) }, func() { huePlain(p, 20) }},
		{"mix", len(p), func() { Mix(p, 128, 1.1) }, func() { mixPlain(p, 128, 1.1) }},
		{"saturate", len(p), func() { Saturate(p, 1.1) }, func() { saturatePlain(p, 1.1) }},
		{"luma", len(p), func() { SumLuma(p) }, func() { sumLumaPlain(p) }},
		{"grey", len(p), func() { Grey(p) }, func() { greyPlain(p) }},
		{"convolve", row, func() { Convolve(sums, in, 6, 3, half) }, func() { convolvePlain(sums, in, 6, 3, half) }},
		{"round", row, func() { Round(out[:row], sums, 1e-3, 1e-5, doubtful) }, func() { roundPlain(out[:row], sums, 1e-3, 1e-5, doubtful) }},
	} {
		for name, f := range map[string]func(){"wide": c.wide, "plain": c.plain} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(c.bytes))
				for b.Loop() {
					f()
				}
			})
		}
	}
}
