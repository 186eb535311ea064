package ckpt

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// lookAlike are timm's names of networks whose tensors cannot be told from a ResNet's:
// the pooling of their strides or the dilation has no weights.
var lookAlike = regexp.MustCompile(`^(?:timm/)?(?:resnetaa|resnetblur)`)

// Unlike returns what the file says of its network that makes it compute other features
// than a plain ResNet with the same tensors, such as timm's resnetaa or the
// downsample_in_bottleneck of transformers; "" where nothing says so.
func (f *File) Unlike() string {
	if name := f.Architecture(); lookAlike.MatchString(name) {
		return fmt.Sprintf("the network is %.80q", name)
	}
	for _, s := range []settingsOf{f.config(), f.config().inner("model_args"), f.args().inner("model_kwargs")} {
		for _, u := range unlike {
			if text := s.text(u.key); text != "" && !slices.Contains(u.plain, strings.ToLower(text)) && !(u.ofBottlenecks && s.text("layer_type") == "basic") {
				return fmt.Sprintf("the network has %s %.80q", u.key, text)
			}
		}
	}
	return ""
}

// unlike are settings of transformers and timm that change what a ResNet computes and none
// of its tensors, with the values, in lower case, of a plain one.
var unlike = []struct {
	key           string
	plain         []string
	ofBottlenecks bool // transformers looks at it for no others
}{
	{"downsample_in_bottleneck", []string{"false"}, true}, // the stride in the first convolution
	{"downsample_in_first_stage", []string{"false"}, false},
	{"hidden_act", []string{"relu"}, false},
	{"act_layer", []string{"relu"}, false},
	{"aa_layer", nil, false},
	{"norm_layer", []string{"batchnorm", "batchnorm2d"}, false},
	{"output_stride", []string{"32"}, false},
}

// Architecture returns timm's name of the network, where the file says it: in the
// metadata of a .safetensors, in config.json beside model.safetensors or
// pytorch_model.bin, or as arch or args.model in a trainer's checkpoint. It is "" where
// nothing says it.
func (f *File) Architecture() string {
	if name := f.Metadata["architecture"]; name != "" {
		return name
	}
	if top, ok := f.tree.(*serialize.Dict); ok {
		for _, k := range []string{"architecture", "arch"} {
			v, _ := top.Lookup(k)
			if name, _ := v.(string); name != "" {
				return name
			}
		}
		if name, _ := f.args()["model"].(string); name != "" {
			return name
		}
	}
	name, _ := f.config()["architecture"].(string)
	return name
}
