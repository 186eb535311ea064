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

// A residual block's last normalisation, forward and backward, by one operator and by the
// three that it stands for.
func BenchmarkBatchNormAct(b *testing.B) {
	for name, fused := range map[string]bool{"fused": true, "in turn": false} {
		for _, dtype := range []torch.DType{torch.Float32, torch.BFloat16} {
			b.Run(name+"/"+dtype.String(), func(b *testing.B) {
				c := normCase{[]int64{128, 64, 32, 32}, dtype, true, true, true}
				err := torch.Do(func() error {
					d := c.data()
					for b.Loop() {
						if err := torch.Do(func() error { c.result(d, fused).Sum().Backward(); return nil }); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
