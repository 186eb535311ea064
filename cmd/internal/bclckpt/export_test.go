package bclckpt

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func TestExportHub(t *testing.T) {
	save := t.TempDir()
	var out, errs bytes.Buffer
	if code := bcltrain.Main([]string{"r", "--method", "simclr", "--data", "embedded", "--save-dir", save, "--model", "resnet10", "--width", "2", "--size", "8", "--epochs", "1", "--batch-size", "512", "--warmup", "0", "--threads", "1"}, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	dir := filepath.Join(t.TempDir(), "My *net*")
	results := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(results, []byte(`{"probe_images": 7, "test_images": 8, "rows": [{"network": "trained", "classifier": "knn", "accuracy": {"top1": 12.345, "groups": [1, null, 3]}}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	status, snippet, log := bcl("export", filepath.Join(save, "r"), dir, "--to", "hub", "--results", results)
	if status != 0 || !strings.Contains(log, "timm and transformers cannot load it: its stem is 3x3") || !strings.Contains(snippet, "--to onnx") {
		t.Fatalf("%d: %s\n%s", status, snippet, log)
	}
	card := read(t, dir, "README.md")
	for _, words := range []string{"# My *net*", "trained without labels by `simclr` (epochs: 1).\n", "embedded: 1485 images (fingerprint", "| rings | 600 |", "| trained | knn |  | 12.35 | 0.00 | 1.00 | - | 3.00 |", "7 images to fit on, 8 to test on", "batch-size: 512\n"} {
		if !strings.Contains(card, words) {
			t.Errorf("the card lacks %q:\n%s", words, card)
		}
	}
	if strings.Contains(card, save) || strings.Contains(card, "save-dir") {
		t.Error("the card names folders of this machine")
	}
	var config map[string]any
	if err := json.Unmarshal([]byte(read(t, dir, "config.json")), &config); err != nil {
		t.Fatal(err)
	}
	if config["architecture"] != nil || config["model_type"] != nil || config["num_features"] != 16.0 {
		t.Errorf("config.json: %v", config)
	}
	if status, _, log := bcl("export", filepath.Join(save, "r"), dir, "--to", "hub"); status != 1 || !strings.Contains(log, "--force") {
		t.Errorf("%d: %s", status, log)
	}
	ok(t, "export", filepath.Join(save, "r"), dir, "--to", "hub", "--force")
	if status, _, log := bcl("export", filepath.Join(save, "r"), filepath.Join(save, "r"), "--to", "hub", "--force"); status != 1 || !strings.Contains(log, "is a run folder") {
		t.Errorf("%d: %s", status, log)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExportUsage(t *testing.T) {
	x, dir := network(t, false, "resnet10", model.CIFARStem), t.TempDir()
	for words, args := range map[string][]string{
		`--to is ""`:              {x, dir},
		`the ending ".pt"`:        {x, filepath.Join(dir, "m.pt"), "--to", "onnx"},
		"--results does nothing":  {x, filepath.Join(dir, "m.onnx"), "--to", "onnx", "--results", "r"},
		"expected 2: [IN OUT]":    {x},
		"stem of 7x7, a width of": {x, filepath.Join(dir, "m.pth"), "--to", "detectron2"},
	} {
		if status, _, log := bcl(append([]string{"export"}, args...)...); status == 0 || !strings.Contains(log, words) {
			t.Errorf("%v: status %d, %s", args, status, log)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("%v", entries)
	}
}

// compare is Python that computes features as each target's snippet says, and compares
// them with PyTorch's of the extracted backbone, bit by bit where PyTorch computes both.
const compare = `
import sys, json, numpy, torch
pixels, ours, kind = numpy.load("x.npy"), torch.tensor(numpy.load("ours.npy")), sys.argv[1]
images = torch.tensor(pixels).permute(0, 3, 1, 2).contiguous().float() / 255
torch.set_num_threads(1)
scope = {"images": images if kind != "onnx" else images.numpy(), "torch": torch}
with torch.no_grad():
    exec(open("snippet.py").read(), scope)
    features = torch.as_tensor(scope["features"])
    worst = ((features - ours).abs().max() / ours.abs().max()).item()
    assert worst < 1e-5, worst
    if kind == "timm":
        import timm, transformers, torchvision
        x, config = scope["x"], json.load(open("hub/config.json"))
        assert "model_type" not in config
        other = transformers.AutoModel.from_pretrained("hub").eval()(x).pooler_output
        assert torch.equal(other, features), "transformers"
        data = timm.data.resolve_model_data_config(scope["net"])
        assert numpy.allclose(data["mean"], [.485, .456, .406]) and data["input_size"][1] == config["pretrained_cfg"]["input_size"][1]
        block = torchvision.models.resnet.Bottleneck if features.shape[1] == 2048 else torchvision.models.resnet.BasicBlock
        net = torchvision.models.ResNet(block, config["bcl"]["blocks"])
        net.fc = torch.nn.Identity()
        net.load_state_dict(torch.load("backbone.pt"))
        assert torch.equal(net.eval()(x), features), "torchvision"
        print("timm", timm.__version__, "transformers", transformers.__version__, "torchvision", torchvision.__version__, "bit-equal", end="; ")
    if kind == "onnx":
        import onnx
        onnx.checker.check_model(onnx.load("m.onnx"), full_check=True)
        print("onnx", onnx.__version__, "onnxruntime", scope["onnxruntime"].__version__, end="; ")
print("torch", torch.__version__, "largest difference to bcl, relative:", worst)
`

// TestInteropExport loads exports with the Python of $BCL_PYTHON (make interop), by the
// snippets that are printed.
func TestInteropExport(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make interop sets it")
	}
	for _, c := range []struct {
		arch  string
		stem  model.Stem
		width int
		dual  bool
		kinds []string
	}{
		{"resnet18", model.ImageNetStem, 64, false, []string{"timm", "onnx", "detectron2"}},
		{"resnet10", model.ImageNetStem, 64, true, []string{"timm", "onnx"}},
		{"resnet50", model.ImageNetStem, 64, false, []string{"timm", "onnx", "detectron2"}},
		{"resnet18", model.CIFARStem, 64, false, []string{"torchvision", "onnx"}},
		{"resnet50", model.CIFARStem, 4, false, []string{"onnx"}},
	} {
		x, dir := wide(t, c.dual, c.arch, c.stem, c.width), t.TempDir()
		const n, size = 2, 40
		features, _, err := compute(x, &weights.Flags{}, size, n, ckpt.BackboneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		pixels := &npy.Array{DType: dtype.Uint8, Shape: []int{n, size, size, 3}, Data: ckpt.Images(n, size)}
		for name, a := range map[string]*npy.Array{"x.npy": pixels, "ours.npy": features} {
			var b bytes.Buffer
			if err := npy.Write(&b, a); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(dir)
		ok(t, "extract-backbone", x, "backbone.pt")
		for _, kind := range c.kinds {
			out := map[string][]string{"onnx": {"m.onnx", "onnx"}, "detectron2": {"d2.pth", "detectron2"}}[kind]
			if out == nil {
				out = []string{"hub", "hub"}
			}
			snippet := ok(t, "export", x, out[0], "--to", out[1])
			if kind == "detectron2" {
				checkDetectron2(t, python, snippet)
				continue
			}
			if err := os.WriteFile("snippet.py", []byte(snippet), 0o644); err != nil {
				t.Fatal(err)
			}
			log, err := exec.Command(python, "-c", compare, kind).CombinedOutput()
			if err != nil {
				t.Fatalf("%+v, %s: %v\n%s\n%s", c, kind, err, snippet, log)
			}
			t.Logf("%s, width %d, %s stem, %s: %s", c.arch, c.width, c.stem, kind, log)
		}
	}
}

// checkDetectron2 compares the file with the names of the backbone, by Detectron2's rules:
// the project itself is not installed.
func checkDetectron2(t *testing.T, python, snippet string) {
	t.Helper()
	script := `
import torch
d, b = torch.load("d2.pth", weights_only=True)["model"], torch.load("backbone.pt", weights_only=True)
want = {}
for k, v in b.items():
    if k.endswith("num_batches_tracked"):
        continue
    p = k.split(".")
    if p[0] in ("conv1", "bn1"):
        name = "stem.conv1." + ("norm." if p[0] == "bn1" else "") + p[1]
    else:
        head = f"res{int(p[0][-1]) + 1}.{p[1]}."
        if p[2] == "downsample":
            name = head + ("shortcut." if p[3] == "0" else "shortcut.norm.") + p[4]
        else:
            name = head + "conv" + p[2][-1] + (".norm." if p[2].startswith("bn") else ".") + p[3]
    want["backbone.bottom_up." + name] = v
assert set(want) == set(d), set(want) ^ set(d)
assert all(torch.equal(want[k], d[k]) for k in want)
`
	if log, err := exec.Command(python, "-c", script).CombinedOutput(); err != nil || !strings.Contains(snippet, "STRIDE_IN_1X1 = False") {
		t.Errorf("%v\n%s\n%s", err, log, snippet)
	}
}
