package model

import "github.com/bcl-go/bcl/torch/nn"

// kit makes the layers of a ResNet. The network of SimCLR is built with plainKit,
// that of SDCLR with layers that know two branches.
type kit struct {
	conv     func(in, out, kernel, stride, padding int64) nn.Module
	norm     func(channels int64) nn.Module
	shortcut func(conv, norm nn.Module) nn.Module // of a block that changes size or channels
}

// plainKit is torchvision's: its shortcut is named downsample.0 and downsample.1.
var plainKit = kit{
	conv: func(in, out, kernel, stride, padding int64) nn.Module {
		return nn.NewConv2d(in, out, kernel, stride, padding)
	},
	norm:     func(channels int64) nn.Module { return nn.NewBatchNorm(channels) },
	shortcut: func(conv, norm nn.Module) nn.Module { return nn.NewSequential(conv, norm) },
}
