package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every position of every list agrees with the sorted list.
func TestSmallestIsThatOfTheSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draws := map[string]func() float32{
		"normal": func() float32 { return float32(r.NormFloat64()) },
		"ties":   func() float32 { return float32(r.IntN(5)-2) / 4 },
		"tiny":   func() float32 { return math.Float32frombits(r.Uint32N(1 << 18)) },
		"equal":  func() float32 { return -0.25 },
		"extreme": func() float32 {
			return []float32{0, float32(math.Inf(-1)), math.MaxFloat32, -math.SmallestNonzeroFloat32}[r.IntN(4)]
		},
	}
	for name, draw := range draws {
		for _, sizes := range [][]int{{1}, {3, 1}, {100, 0, 57}} {
			var parts [][]float32
			var sorted []float32
			for _, n := range sizes {
				p := make([]float32, n)
				for i := range p {
					p[i] = draw()
					sorted = append(sorted, float32(math.Abs(float64(p[i]))))
				}
				parts = append(parts, p)
			}
			slices.Sort(sorted)
			for k, want := range sorted {
				if got := smallest(parts, k); got != want {
					t.Fatalf("%s, sizes %v: number %d is %v, want %v", name, sizes, k, got, want)
				}
			}
		}
	}
}

func BenchmarkSmallest(b *testing.B) {
	parts := [][]float32{make([]float32, 11_159_232)} // a ResNet-18
	for i := range parts[0] {
		parts[0][i] = float32(rand.NormFloat64())
	}
	for b.Loop() {
		smallest(parts, len(parts[0])*9/10)
	}
}
