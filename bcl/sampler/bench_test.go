package sampler

import (
	"fmt"
	"testing"
)

// The random order of an epoch.
func BenchmarkOrder(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000, 100_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			s := &Sampler{n: n, seed: 1, batch: 512}
			for b.Loop() {
				s.Order(1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/sample")
		})
	}
}
