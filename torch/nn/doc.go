// Package nn builds networks as trees of modules, as torch.nn does: the names in
// a [StateDict] are PyTorch's, and layers built after the same
// [torch.ManualSeed] in the same order start with the same weights, bit for bit.
//
// A module embeds [Base] and registers its parts in the order PyTorch would:
//
//	type Head struct {
//		nn.Base
//		fc1, fc2 *nn.Linear
//	}
//
//	func NewHead(n int64) *Head {
//		h := &Head{}
//		h.fc1 = nn.Child(h, "fc1", nn.NewLinear(n, n, true))
//		h.fc2 = nn.Child(h, "fc2", nn.NewLinear(n, 128, false))
//		return h
//	}
//
//	func (h *Head) Forward(x torch.Tensor) torch.Tensor {
//		return h.fc2.Forward(h.fc1.Forward(x).ReLU_())
//	}
//
// The tensors of a module belong to the scope it was built in.
package nn
