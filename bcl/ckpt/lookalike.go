package ckpt

import (
	"os"
	"path/filepath"
	"regexp"

	"encoding/json"

	"github.com/bcl-go/bcl/torch/serialize"
)

// lookAlike are timm's names of networks whose tensors cannot be told from a ResNet's:
// the pooling of their strides or the dilation has no weights.
var lookAlike = regexp.MustCompile(`^(?:timm/)?(?:resnetaa|resnetblur)`)

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
		v, _ := top.Lookup("args")
		if n, ok := v.(*serialize.Namespace); ok {
			v = n.Attrs
		}
		if d, ok := v.(*serialize.Dict); ok && d != nil {
			v, _ := d.Lookup("model")
			if name, _ := v.(string); name != "" {
				return name
			}
		}
	}
	switch filepath.Base(f.Path) {
	case "model.safetensors", "pytorch_model.bin", "model.safetensors.index.json", "pytorch_model.bin.index.json":
		var config struct {
			Architecture string `json:"architecture"`
		}
		path := filepath.Join(filepath.Dir(f.Path), "config.json")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() < 1<<20 {
			// A file that is no JSON says nothing of the network.
			if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &config) == nil {
				return config.Architecture
			}
		}
	}
	return ""
}
