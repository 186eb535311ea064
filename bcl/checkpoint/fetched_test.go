package checkpoint

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// What is fetched at once are the bytes of each tensor in C order, whatever its type and
// layout, also when it is fetched again.
func TestFetched(t *testing.T) {
	torchtest.Do(t, func() {
		image := torch.Randn([]int64{2, 3, 4, 5})
		list := []torch.Tensor{
			torch.FromSlice([]float32{1, 2, 3}), torch.FromSlice([]int64{7}).Reshape(), image.ToFormat(torch.ChannelsLast),
			torch.FromSlice([]int64{8, 9}), image.Narrow(3, 1, 2), torch.FromSlice([]float32{4}, 1, 1, 1, 1),
		}
		var f fetched
		for range 2 {
			f.take(list)
			if len(f.of) != len(list) {
				t.Fatalf("%d of %d tensors", len(f.of), len(list))
			}
			for i, x := range list {
				if !bytes.Equal(f.of[x], x.Bytes()) {
					t.Errorf("tensor %d: other bytes", i)
				}
			}
			list[0].Add_(torch.FromSlice([]float32{1}), 1)
		}
	})
}
