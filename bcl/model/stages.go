package model

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Staged is an encoder with features of its inner stages, which often transfer better than
// the last: early ones to texture, late ones to kinds of things.
type Staged interface {
	Encoder
	// Stages returns the names of the stages and the sizes of their features.
	Stages() (names []string, widths []int64)
	// ForwardStages returns the features of all stages, N x width each, and those of
	// Forward, from one pass.
	ForwardStages(inputs ...torch.Tensor) (stages []torch.Tensor, features torch.Tensor)
}

// Projected is a network whose head can be applied to features that are there already.
type Projected interface {
	Network
	// Project maps features of the encoder, N x Features, to what Forward returns.
	Project(features torch.Tensor) torch.Tensor
}

// Project implements [Projected].
func (m *SimCLR) Project(features torch.Tensor) torch.Tensor { return m.Projector.Forward(features) }

// Project implements [Projected], of the full branch.
func (m *SDCLR) Project(features torch.Tensor) torch.Tensor { return m.head.Forward(features) }

// Stages implements [Staged]: layer1 to layer4, under torchvision's names.
func (r *ResNet) Stages() (names []string, widths []int64) {
	for i := range r.layers {
		names = append(names, fmt.Sprintf("layer%d", i+1))
		widths = append(widths, r.features>>(len(r.layers)-1-i))
	}
	return names, widths
}

// ForwardStages implements [Staged]: the mean of each channel over the image after each
// stage, as torchvision's avgpool makes of the last.
func (r *ResNet) ForwardStages(images ...torch.Tensor) (stages []torch.Tensor, features torch.Tensor) {
	x := nn.Chain(images[0], r.normalize, r.conv1)
	x = r.maxpool.Forward(r.bn1.ForwardReLU(x, torch.Tensor{}))
	for _, layer := range r.layers {
		x = layer.Forward(x)
		stages = append(stages, torch.AdaptiveAvgPool2d(x, 1, 1).Flatten(1))
	}
	return stages, stages[len(stages)-1]
}
