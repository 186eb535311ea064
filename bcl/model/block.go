package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// basicBlock is two 3x3 convolutions and a shortcut (He et al. 2016, figure 2).
type basicBlock struct {
	nn.Base
	conv1, conv2 nn.Module
	bn1, bn2     nn.Module
	downsample   nn.Module // nil for the identity
}

func newBasicBlock(k kit, in, planes, stride int64, downsample nn.Module) nn.Module {
	b := &basicBlock{downsample: downsample}
	b.conv1 = nn.Child(b, "conv1", k.conv(in, planes, 3, stride, 1))
	b.bn1 = nn.Child(b, "bn1", k.norm(planes))
	b.conv2 = nn.Child(b, "conv2", k.conv(planes, planes, 3, 1, 1))
	b.bn2 = nn.Child(b, "bn2", k.norm(planes))
	addShortcut(b, downsample)
	return b
}

func (b *basicBlock) Forward(x torch.Tensor) torch.Tensor {
	y := b.bn1.Forward(b.conv1.Forward(x)).ReLU_()
	y = b.bn2.Forward(b.conv2.Forward(y))
	return y.Add_(shortcut(b.downsample, x), 1).ReLU_()
}

// bottleneck is 1x1, 3x3, 1x1 convolutions and a shortcut; the stride is in the
// 3x3 one, as in torchvision.
type bottleneck struct {
	nn.Base
	conv1, conv2, conv3 nn.Module
	bn1, bn2, bn3       nn.Module
	downsample          nn.Module // nil for the identity
}

func newBottleneck(k kit, in, planes, stride int64, downsample nn.Module) nn.Module {
	b := &bottleneck{downsample: downsample}
	b.conv1 = nn.Child(b, "conv1", k.conv(in, planes, 1, 1, 0))
	b.bn1 = nn.Child(b, "bn1", k.norm(planes))
	b.conv2 = nn.Child(b, "conv2", k.conv(planes, planes, 3, stride, 1))
	b.bn2 = nn.Child(b, "bn2", k.norm(planes))
	b.conv3 = nn.Child(b, "conv3", k.conv(planes, 4*planes, 1, 1, 0))
	b.bn3 = nn.Child(b, "bn3", k.norm(4*planes))
	addShortcut(b, downsample)
	return b
}

func (b *bottleneck) Forward(x torch.Tensor) torch.Tensor {
	y := b.bn1.Forward(b.conv1.Forward(x)).ReLU_()
	y = b.bn2.Forward(b.conv2.Forward(y)).ReLU_()
	y = b.bn3.Forward(b.conv3.Forward(y))
	return y.Add_(shortcut(b.downsample, x), 1).ReLU_()
}

func addShortcut(block, downsample nn.Module) {
	if downsample != nil {
		nn.Child(block, "downsample", downsample)
	}
}

func shortcut(downsample nn.Module, x torch.Tensor) torch.Tensor {
	if downsample == nil {
		return x
	}
	return downsample.Forward(x)
}
