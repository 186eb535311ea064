package checkpoint

import (
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
)

// fetched are the bytes of a GPU's tensors. Each copy to the host waits for the device, so
// tensors of one type are joined there, and copied at once.
type fetched struct {
	of      map[torch.Tensor][]byte // in C order, as ReadBytes gives them
	buffers map[torch.DType][]byte  // whose memory the next take reuses
}

// onDevice are the tensors of t's checkpoint that are on a GPU: weights, statistics and
// momentum buffers. Others are copied one by one.
func onDevice(t *train.Trainer) (list []torch.Tensor) {
	for _, n := range t.StateDict() {
		if n.Tensor.Device().IsCUDA() {
			list = append(list, n.Tensor)
		}
	}
	for _, b := range t.Opt.Buffers() {
		if b.Device().IsCUDA() {
			list = append(list, b)
		}
	}
	return list
}

// take fetches them, for as much memory of the device as they have themselves. Where it has
// not that much left nothing is fetched, and each is copied alone, where any other failure
// comes up again.
func (f *fetched) take(list []torch.Tensor) {
	if err := torch.Do(func() error { f.join(list); return nil }); err != nil {
		f.of = nil
	}
}

func (f *fetched) join(list []torch.Tensor) {
	byType := map[torch.DType][]torch.Tensor{}
	for _, t := range list {
		byType[t.DType()] = append(byType[t.DType()], t)
	}
	f.of = map[torch.Tensor][]byte{}
	if f.buffers == nil {
		f.buffers = map[torch.DType][]byte{}
	}
	for d, tensors := range byType {
		n := 0
		var flat []torch.Tensor
		for _, t := range tensors {
			flat = append(flat, t.Detach().Reshape(-1))
			n += int(t.Numel()) * d.Size()
		}
		if len(f.buffers[d]) != n {
			f.buffers[d] = make([]byte, n)
		}
		rest := f.buffers[d]
		torch.Cat(flat, 0).ReadBytes(rest)
		for _, t := range tensors {
			size := int(t.Numel()) * d.Size()
			f.of[t], rest = rest[:size:size], rest[size:]
		}
	}
}
