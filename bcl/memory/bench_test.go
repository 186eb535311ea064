package memory

import (
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/bcl/rng"
)

// All that an epoch does with the memory: the losses of batches in random order, the new
// weights, and reading each.
func BenchmarkEpoch(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000, 100_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			m, err := New(n, 0.97)
			if err != nil {
				b.Fatal(err)
			}
			order, losses := make([]int, n), make([]float32, 512)
			stream := rng.New(1, rng.Order, 1, 0, 0)
			stream.Perm(order)
			for i := range losses {
				losses[i] = float32(i)
			}
			for b.Loop() {
				for at := 0; at < n; at += len(losses) {
					batch := order[at:min(n, at+len(losses))]
					m.Observe(batch, losses[:len(batch)])
				}
				if err := m.EndEpoch(); err != nil {
					b.Fatal(err)
				}
				weight, sum := m.Rule(Boosted, 1, 2), 0.0
				for _, i := range order {
					sum += weight(i)
				}
				if !(sum > 0) {
					b.Fatalf("sum of weights %v", sum)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/sample")
		})
	}
}
