package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// basicBlock is two 3x3 convolutions and a shortcut (He et al. 2016, figure 2).
type basicBlock struct {
	nn.Base
	conv1, conv2 nn.Layer
	bn1, bn2     nn.Layer
	downsample   nn.Layer // nil for the identity
}

func newBasicBlock(l Layers, in, planes, stride int64, downsample nn.Layer) nn.Layer {
	b := &basicBlock{downsample: downsample}
	b.conv1 = nn.Child(b, "conv1", l.Conv(in, planes, 3, stride, 1))
	b.bn1 = nn.Child(b, "bn1", l.Norm(planes))
	b.conv2 = nn.Child(b, "conv2", l.Conv(planes, planes, 3, 1, 1))
	b.bn2 = nn.Child(b, "bn2", l.Norm(planes))
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
	conv1, conv2, conv3 nn.Layer
	bn1, bn2, bn3       nn.Layer
	downsample          nn.Layer // nil for the identity
}

func newBottleneck(l Layers, in, planes, stride int64, downsample nn.Layer) nn.Layer {
	b := &bottleneck{downsample: downsample}
	b.conv1 = nn.Child(b, "conv1", l.Conv(in, planes, 1, 1, 0))
	b.bn1 = nn.Child(b, "bn1", l.Norm(planes))
	b.conv2 = nn.Child(b, "conv2", l.Conv(planes, planes, 3, stride, 1))
	b.bn2 = nn.Child(b, "bn2", l.Norm(planes))
	b.conv3 = nn.Child(b, "conv3", l.Conv(planes, 4*planes, 1, 1, 0))
	b.bn3 = nn.Child(b, "bn3", l.Norm(4*planes))
	addShortcut(b, downsample)
	return b
}

func (b *bottleneck) Forward(x torch.Tensor) torch.Tensor {
	y := b.bn1.Forward(b.conv1.Forward(x)).ReLU_()
	y = b.bn2.Forward(b.conv2.Forward(y)).ReLU_()
	y = b.bn3.Forward(b.conv3.Forward(y))
	return y.Add_(shortcut(b.downsample, x), 1).ReLU_()
}

func addShortcut(block, downsample nn.Layer) {
	if downsample != nil {
		nn.Child(block, "downsample", downsample)
	}
}

func shortcut(downsample nn.Layer, x torch.Tensor) torch.Tensor {
	if downsample == nil {
		return x
	}
	return downsample.Forward(x)
}
