package export

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/ckpt"
)

// stemKernel is the side of the first convolution in torchvision's and timm's networks.
const stemKernel = 7

// Reader says how other programs read a network.
type Reader struct {
	// Timm is timm's name of the network, with Args; "" if timm has no such network, for
	// the reason Why.
	Timm string
	Args map[string]any
	Why  string
}

// ReaderOf returns the reader of a network. timm's ResNets have a stem of 7x7 and 64
// channels.
func ReaderOf(a ckpt.Arch) Reader {
	switch {
	case a.Kernel != stemKernel:
		return Reader{Why: fmt.Sprintf("its stem is %dx%d without max pooling, and timm's and transformers' ResNets have one of 7x7", a.Kernel, a.Kernel)}
	case a.Width != 64:
		return Reader{Why: fmt.Sprintf("its first stage has %d channels, and timm's and transformers' ResNets have 64", a.Width)}
	case a.Name() == "":
		return Reader{Why: "it has an unusual number of blocks"}
	case a.Name() == "resnet10": // timm knows it by its blocks only
		return Reader{Timm: "resnet18", Args: map[string]any{"layers": a.Blocks}}
	}
	return Reader{Timm: a.Name()}
}

// torchvision is code that builds the network in torchvision; "" where that cannot.
func torchvision(a ckpt.Arch) string {
	if a.Width != 64 {
		return ""
	}
	block := "BasicBlock"
	if a.Bottleneck {
		block = "Bottleneck"
	}
	code := fmt.Sprintf("net = torchvision.models.ResNet(torchvision.models.resnet.%s, [%d, %d, %d, %d])\n", block, a.Blocks[0], a.Blocks[1], a.Blocks[2], a.Blocks[3])
	if a.Kernel == 3 {
		code += "net.conv1, net.maxpool = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False), torch.nn.Identity()\n"
	}
	return code + "net.fc = torch.nn.Identity()\n"
}

// Features is the size of a feature vector.
func Features(a ckpt.Arch) int {
	n := 8 * a.Width
	if a.Bottleneck {
		n *= 4
	}
	return n
}
