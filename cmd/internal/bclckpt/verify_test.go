package bclckpt

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// TestVerify: the features stay the same through extraction and renaming, and a
// difference is found.
func TestVerify(t *testing.T) {
	dir := t.TempDir()
	for _, arch := range []string{"resnet10", "resnet50"} {
		for _, stem := range []model.Stem{model.CIFARStem, model.ImageNetStem} {
			x := network(t, false, arch, stem)
			f := filepath.Join(dir, "f.npy")
			ok(t, "verify", x, "--out", f, "--images", "3", "--size", "32", "--force")
			y := filepath.Join(dir, "y.safetensors")
			ok(t, "convert", x, y, "--to", "sdclr-single", "--force")
			if out := ok(t, "verify", y, "--against", f, "--size", "32", "--tolerance", "0"); !strings.HasPrefix(out, "the features agree: 3 x ") {
				t.Error(out)
			}
			// Under torchvision's names the normalisation is lost, so the features differ.
			ok(t, "extract-backbone", x, y, "--force")
			status, out, _ := bcl("verify", y, "--against", f, "--size", "32", "--json")
			if status != 1 || !strings.Contains(out, `"agree": false`) {
				t.Errorf("status %d\n%s", status, out)
			}
		}
	}
}

// TestVerifyBranches compares both branches with those of the network itself.
func TestVerifyBranches(t *testing.T) {
	x := network(t, true, "resnet18", model.CIFARStem)
	dir := t.TempDir()
	for _, pruned := range []bool{false, true} {
		f := filepath.Join(dir, "f.npy")
		branch := "full"
		if pruned {
			branch = "pruned"
		}
		save(t, f, x, pruned)
		if out := ok(t, "verify", x, "--against", f, "--branch", branch); !strings.Contains(out, "agree") {
			t.Error(out)
		}
		y := filepath.Join(dir, branch+".pt")
		out := ok(t, "extract-backbone", x, y, "--branch", branch, "--to", "bcl")
		if !strings.Contains(out, "resnet18, width 4, CIFAR stem") {
			t.Error(out)
		}
		ok(t, "verify", y, "--against", f)
	}
}

// save writes the features of a branch of our network with a file's weights.
func save(t *testing.T, path, weights string, pruned bool) {
	t.Helper()
	file, err := ckpt.Open(weights)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	state, _, _, err := file.State("")
	if err != nil {
		t.Fatal(err)
	}
	err = torch.Do(func() error {
		net := model.NewSDCLR(model.Config{Arch: "resnet18", Stem: model.CIFARStem, Width: 4, Classes: 10})
		var named []nn.Named
		for _, s := range state {
			x, err := bridge.FromFile(s.Tensor)
			if err != nil {
				return err
			}
			named = append(named, nn.Named{Name: s.Name, Tensor: x})
		}
		if err := nn.LoadStateDict(net, named); err != nil {
			return err
		}
		nn.Eval(net)
		var out torch.Tensor
		torch.NoGrad(func() {
			x := model.FromPixels(torch.FromSlice(ckpt.Images(4, 32), 4, 32, 32, 3), torch.CPU)
			if !pruned {
				out = net.Encoder().Forward(x)
				return
			}
			out = prunedFeatures(t, net, x)
		})
		v := torch.Slice[float32](out)
		return atomicfile.WriteFile(path, func(w io.Writer) error { return npy.Write(w, npy.FromFloat32s(v, 4, len(v)/4)) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

// prunedFeatures runs the pruned branch with the head replaced by the identity: the
// head's first layer becomes the unit matrix, and its norms and ReLU do not change
// features, which are not negative.
func prunedFeatures(t *testing.T, net *model.SDCLR, x torch.Tensor) torch.Tensor {
	t.Helper()
	if err := net.Prune(model.Pruning{Share: 0.9}, 1, 1); err != nil {
		t.Fatal(err)
	}
	for _, n := range nn.StateDict(net) {
		if !strings.HasPrefix(n.Name, "backbone.fc.") {
			continue
		}
		switch {
		case strings.HasSuffix(n.Name, "fc1.weight"), strings.HasSuffix(n.Name, "fc2.weight"):
			rows, columns := int(n.Tensor.Size(0)), int(n.Tensor.Size(1))
			unit := make([]float32, rows*columns)
			for i := range min(rows, columns) {
				unit[i*columns+i] = 1
			}
			n.Tensor.Copy_(torch.FromSlice(unit, int64(rows), int64(columns)))
		case strings.HasSuffix(n.Name, "running_var"), strings.HasSuffix(n.Name, ".weight"):
			n.Tensor.Copy_(torch.Ones(n.Tensor.Shape()))
		default:
			n.Tensor.Copy_(torch.Ones(n.Tensor.Shape()).MulScalar(0).To(n.Tensor.DType()))
		}
	}
	return net.ForwardPruned(x).Narrow(1, 0, 32)
}

func TestVerifyRefuses(t *testing.T) {
	x := network(t, false, "resnet10", model.CIFARStem)
	dir := t.TempDir()
	array := func(name string, a *npy.Array) string {
		path := filepath.Join(dir, name)
		var b bytes.Buffer
		if err := npy.Write(&b, a); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for want, path := range map[string]string{
		"expected float32, 1 to 4096 images": array("a.npy", npy.FromInt64s([]int64{1, 2})),
		"it has the shape [2 3], but our":    array("b.npy", npy.FromFloat32s(make([]float32, 6), 2, 3)),
		"the file begins with":               x,
	} {
		status, _, log := bcl("verify", x, "--against", path)
		if status != 1 || !strings.Contains(log, want) {
			t.Errorf("status %d, log %q, want %q", status, log, want)
		}
	}
}

// TestScript prints the script; make parity sets BCL_PYTHON to a Python with torch, which
// runs it.
func TestScript(t *testing.T) {
	out := ok(t, "verify", "--print-script")
	if !strings.Contains(out, "2654435761") || !strings.Contains(out, "weights_only=True") {
		t.Error(out)
	}
	if python := os.Getenv("BCL_PYTHON"); python != "" {
		runScript(t, python, out)
	}
}

// runScript compares the features of several networks with PyTorch's.
func runScript(t *testing.T, python, out string) {
	dir := t.TempDir()
	script, f := filepath.Join(dir, "check.py"), filepath.Join(dir, "f.npy")
	if err := os.WriteFile(script, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dual   bool
		arch   string
		stem   model.Stem
		branch string
	}{
		{false, "resnet10", model.CIFARStem, "full"}, {false, "resnet50", model.ImageNetStem, "full"},
		{true, "resnet18", model.CIFARStem, "full"}, {true, "resnet18", model.CIFARStem, "pruned"}, {true, "resnet50", model.CIFARStem, "pruned"},
	} {
		x := network(t, c.dual, c.arch, c.stem)
		if log, err := exec.Command(python, script, x, f, "--branch", c.branch, "--images", "2").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		args := []string{"verify", x, "--against", f}
		if c.dual {
			args = append(args, "--branch", c.branch)
		}
		t.Log(ok(t, args...))
	}
	// The script refuses what the module lacks, as we do.
	biased := filepath.Join(dir, "biased.safetensors")
	in, err := ckpt.Open(network(t, false, "resnet10", model.CIFARStem))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	tensors, _, _, err := in.State("")
	if err != nil {
		t.Fatal(err)
	}
	bias, err := serialize.FromArray(npy.FromFloat32s(make([]float32, 4)))
	if err == nil {
		err = ckpt.Save(biased, append(tensors, ckpt.Tensor{Name: "backbone.conv1.bias", Tensor: bias}), ckpt.SaveOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
	if log, err := exec.Command(python, script, biased, f).CombinedOutput(); err == nil || !strings.Contains(string(log), `Unexpected key(s) in state_dict: "conv1.bias"`) {
		t.Errorf("%v\n%s", err, log)
	}
	if status, _, log := bcl("verify", biased, "--against", f); status != 1 || !strings.Contains(log, "backbone.conv1.bias") {
		t.Errorf("status %d, log %q", status, log)
	}
}
