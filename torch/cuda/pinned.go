package cuda

import (
	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// Pinned returns n bytes that a GPU copies from and to by itself, as
// [torch.Tensor.WriteBytesLater] and [torch.Tensor.ReadBytesLater] need (a tensor's pin_memory).
// They belong to the current scope, and cannot be paged out. Pinning waits for the device. For
// the CPU it is Go's memory.
func Pinned(d torch.Device, n int) ([]byte, error) {
	if !d.IsCUDA() {
		return make([]byte, n), nil
	}
	return cgo.Pinned(n)
}
