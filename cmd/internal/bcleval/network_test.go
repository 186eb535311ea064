package bcleval

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// A run's weights under other projects' names, with their prefixes and in their formats,
// are recognised, including arch and width, and give the run's results.
func TestBackbonesOfOthers(t *testing.T) {
	for _, method := range []string{"bcl-i", "bcl-d"} {
		data := colours(t)
		dir := trained(t, data)
		if method == "bcl-d" {
			dir = dual(t, data)
		}
		want := results(t, dir, "--by", "ridge,finetune", "--finetune-epochs", "1", "--finetune-batch-size", "8")
		f, err := ckpt.Open(filepath.Join(dir, "model.pt"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		state, _, _, err := f.State("")
		if err != nil {
			t.Fatal(err)
		}
		backbone, err := ckpt.BackboneOf(state, ckpt.BackboneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for scheme, file := range map[string]string{"torchvision": "a.pth", "lightly": "a.safetensors", "sdclr-single": "b.pt", "bcl": "c.pt"} {
			s, err := ckpt.FindScheme(scheme)
			if err != nil {
				t.Fatal(err)
			}
			out, err := backbone.Rename(s)
			if err != nil {
				t.Fatal(err)
			}
			for i := range out {
				if scheme == "torchvision" {
					out[i].Name = "module." + out[i].Name
				}
			}
			path, wrap := filepath.Join(t.TempDir(), file), ""
			if strings.HasSuffix(file, ".pth") {
				wrap = "state_dict"
			}
			if err := ckpt.Save(path, out, ckpt.SaveOptions{Wrap: wrap}); err != nil {
				t.Fatal(err)
			}
			got := results(t, path, "--data", data, "--size", "16", "--by", "ridge,finetune", "--finetune-epochs", "1", "--finetune-batch-size", "8")
			if a, b := fmt.Sprint(got.Rows), fmt.Sprint(want.Rows); a != b {
				t.Errorf("%s of %s: %s, want %s", scheme, method, a, b)
			}
		}
	}
}

func TestForeignErrors(t *testing.T) {
	data := colours(t)
	dir := t.TempDir()
	save := func(name string, c model.Config, without string) string {
		state := serialize.NewOrderedDict()
		torchtest.Do(t, func() {
			for _, n := range nn.StateDict(model.NewResNet(c)) {
				if n.Name == without {
					continue
				}
				s, err := bridge.ToFile(n.Tensor)
				if err == nil {
					err = state.Set(n.Name, s)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		path := filepath.Join(dir, name)
		if err := serialize.Save(path, serialize.NewDict("epoch", 7, "state_dict", state)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 2}
	whole := save("whole.pt", small, "")
	lacking := save("lacking.pt", small, "layer3.0.bn1.bias")
	// A trainer's: hyper-parameters with a Path, and a network with a prefix.
	trainers := filepath.Join(dir, "trainers.ckpt")
	f, err := ckpt.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tensors, _, _, err := f.State("")
	if err != nil {
		t.Fatal(err)
	}
	prefixed := serialize.NewOrderedDict()
	for _, x := range tensors {
		if err := prefixed.Set("net."+x.Name, x.Tensor); err != nil {
			t.Fatal(err)
		}
	}
	root := &pickle.Reduction{Fn: pickle.Global{Module: "pathlib", Name: "PosixPath"}, Args: pickle.NewTuple("data")}
	if err := serialize.Save(trainers, serialize.NewDict("epoch", 7, "state_dict", prefixed, "hyper_parameters", serialize.NewDict("root", root))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{whole}, 2, "--data is missing"},
		{[]string{whole, "--data", data, "--model", "resnet18"}, 2, "--model is resnet18, but"},
		{[]string{whole, "--data", data, "--width", "64"}, 2, "holds resnet10, width 2"},
		{[]string{whole, "--data", data, "--key", "other"}, 1, `"other" is no state dict`},
		{[]string{lacking, "--data", data}, 1, "layer3.0.bn1.bias"},
		{[]string{trainers, "--data", data, "--strip", "net."}, 1, "--skip-unknown skips"},
		{[]string{trainers, "--data", data, "--strip", "x.", "--skip-unknown"}, 1, `no name begins with "x."`},
	} {
		code, stdout, stderr := call(c.args...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, want %d; stdout %q; stderr lacks %q:\n%s", c.args, code, c.code, stdout, c.want, stderr)
		}
	}
	if r := results(t, whole, "--data", data, "--size", "16", "--by", "knn"); r.Epoch != 7 {
		t.Errorf("epoch %d, want the file's 7", r.Epoch)
	}
	a, b := results(t, whole, "--data", data, "--size", "16", "--by", "knn"), results(t, trainers, "--data", data, "--size", "16", "--by", "knn", "--skip-unknown")
	if fmt.Sprint(a.Rows) != fmt.Sprint(b.Rows) || b.Epoch != 7 {
		t.Errorf("%v, epoch %d, want %v", b.Rows, b.Epoch, a.Rows)
	}
	// A whole module, as torch.save(model) writes it: the weights in one module here.
	params := serialize.NewOrderedDict()
	for _, x := range tensors {
		if err := params.Set(x.Name, x.Tensor); err != nil {
			t.Fatal(err)
		}
	}
	module := &pickle.Reduction{Fn: pickle.Global{Module: "their.code", Name: "Net"}, Args: pickle.NewTuple(), New: true,
		State: serialize.NewDict("_parameters", params, "_buffers", serialize.NewDict(), "_modules", serialize.NewDict())}
	modules := filepath.Join(dir, "module.pt")
	if err := serialize.Save(modules, module); err != nil {
		t.Fatal(err)
	}
	if c := results(t, modules, "--data", data, "--size", "16", "--by", "knn"); fmt.Sprint(a.Rows) != fmt.Sprint(c.Rows) {
		t.Errorf("%v, want %v", c.Rows, a.Rows)
	}
}
