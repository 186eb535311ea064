package export

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// The files of a folder of [Hub].
const (
	WeightsFile = "model.safetensors"
	ConfigFile  = "config.json"
	CardFile    = "README.md"
)

// Hub writes a folder that can be pushed to the Hugging Face Hub: model.safetensors with
// torchvision's names, which are timm's; config.json as timm writes it; README.md, the
// model card. There is no model_type in config.json: with "resnet" transformers would look
// for its own names, find none, and fill the network with random weights.
func Hub(dir string, b *ckpt.Extracted, c *Card) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	n, err := NormalizationOf(b)
	if err != nil {
		return err
	}
	config, err := json.MarshalIndent(hubConfig(b.Arch, n, c.Size), "", "  ")
	if err != nil {
		return err
	}
	card, err := c.markdown(b.Arch, n)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{ConfigFile, append(config, '\n')}, {CardFile, card}} {
		err := atomicfile.WriteFile(filepath.Join(dir, f.name), func(w io.Writer) error { _, err := w.Write(f.text); return err })
		if err != nil {
			return err
		}
	}
	return ckpt.Save(filepath.Join(dir, WeightsFile), b.Tensors, ckpt.SaveOptions{})
}

// hubConfig is config.json (timm's save_config_for_hf). Without a reader in timm it names no
// architecture: nothing may load the weights into another network.
func hubConfig(a ckpt.Arch, n Normalization, size int) map[string]any {
	config := map[string]any{
		"num_classes": 0, "num_features": Features(a), "global_pool": "avg",
		"bcl": map[string]any{"network": a.String(), "blocks": a.Blocks, "bottleneck": a.Bottleneck, "width": a.Width, "stem_kernel": a.Kernel},
	}
	r := ReaderOf(a)
	if r.Timm == "" {
		config["bcl"].(map[string]any)["mean"], config["bcl"].(map[string]any)["std"] = n.Mean, n.Std
		return config
	}
	config["architecture"] = r.Timm
	if r.Args != nil {
		config["model_args"] = r.Args
	}
	config["pretrained_cfg"] = map[string]any{
		"tag": "bcl", "custom_load": false, "input_size": []int{3, size, size}, "fixed_input_size": false,
		"interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "center",
		"mean": n.Mean, "std": n.Std, "num_classes": 0, "pool_size": []int{(size + 31) / 32, (size + 31) / 32},
		"first_conv": "conv1", "classifier": "fc",
	}
	return config
}

// Snippet is Python that loads a folder of [Hub] and computes features; it assumes
// "images", a float tensor of N x 3 x H x W in [0, 1].
func Snippet(dir string, a ckpt.Arch, n Normalization) string {
	normalize := fmt.Sprintf("x = (images - torch.tensor(%s).view(3, 1, 1)) / torch.tensor(%s).view(3, 1, 1)\n", list(n.Mean), list(n.Std))
	if ReaderOf(a).Timm != "" {
		return fmt.Sprintf("import timm, torch\nnet = timm.create_model(\"local-dir:%s\", pretrained=True).eval()  # hf-hub:YOU/NAME once it is on the Hub\n"+
			"%sfeatures = net(x)  # N x %d\n"+
			"# or transformers.AutoModel.from_pretrained(\"%s\")(x).pooler_output\n", dir, normalize, Features(a), dir)
	}
	build := torchvision(a)
	if build == "" {
		return "# " + ReaderOf(a).Why + ": use bcl-ckpt export --to onnx\n"
	}
	return "import safetensors.torch, torch, torchvision\n" + build +
		fmt.Sprintf("net.load_state_dict(safetensors.torch.load_file(\"%s/%s\"))\nnet.eval()\n%sfeatures = net(x)  # N x %d\n", dir, WeightsFile, normalize, Features(a))
}

func list(v []float64) string {
	text, _ := json.Marshal(v)
	return string(text)
}
