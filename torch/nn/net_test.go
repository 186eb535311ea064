package nn_test

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// net is the network of testdata/make_goldens.py.
type net struct {
	nn.Base
	stem *nn.Sequential
	conv *nn.Conv2d // within stem
	head *nn.Linear
	norm *nn.BatchNorm
}

func newNet() *net {
	n := &net{conv: nn.NewConv2d(3, 4, 3, 2, 1)}
	n.stem = nn.Child(n, "stem", nn.NewSequential(n.conv, nn.NewBatchNorm(4), &nn.MaxPool2d{Kernel: 2, Stride: 2}))
	n.head = nn.Child(n, "head", nn.NewLinear(16, 2, true))
	n.norm = nn.Child(n, "norm", nn.NewBatchNorm(2))
	return n
}

func (n *net) Forward(x torch.Tensor) torch.Tensor {
	return n.norm.Forward(n.head.Forward(n.stem.Forward(x).Flatten(1)))
}
