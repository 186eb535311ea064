package torch_test

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// The cost of one operator on a tensor so small that only the call counts.
func BenchmarkSmallAdd(b *testing.B) {
	err := torch.Do(func() error {
		x := torch.Ones([]int64{4})
		for b.Loop() {
			torch.Do(func() error {
				for range 100 {
					x.Add(x)
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/op-call")
}
