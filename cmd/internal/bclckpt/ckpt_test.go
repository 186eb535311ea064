package bclckpt

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// bcl runs the command in-process.
func bcl(args ...string) (status int, out, log string) {
	var stdout, stderr bytes.Buffer
	status = Main(args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// ok runs the command, which must succeed, and returns what it prints.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	status, out, log := bcl(args...)
	if status != 0 {
		t.Fatalf("bcl-ckpt %s: status %d\n%s\n%s", strings.Join(args, " "), status, out, log)
	}
	return out
}

// network saves a small network of ours, with one branch or two.
func network(t *testing.T, dual bool, arch string, stem model.Stem) string {
	t.Helper()
	return wide(t, dual, arch, stem, 4)
}

// wide is network of a width.
func wide(t *testing.T, dual bool, arch string, stem model.Stem, width int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.pt")
	err := torch.Do(func() error {
		if err := torch.ManualSeed(3); err != nil {
			return err
		}
		config := model.Config{Arch: arch, Stem: stem, Width: width, Classes: 10}
		var net model.Network = model.NewSimCLR(config)
		if dual {
			if err := torch.ManualSeed(3); err != nil {
				return err
			}
			net = model.NewSDCLR(config)
		}
		var state []ckpt.Tensor
		for i, n := range nn.StateDict(net) {
			if strings.HasSuffix(n.Name, "running_mean") {
				torch.NoGrad(func() { n.Tensor.Add_(torch.FromSlice([]float32{float32(i%7) / 10}), -1) }) // the branches differ
			}
			s, err := bridge.ToFile(n.Tensor)
			if err != nil {
				return err
			}
			state = append(state, ckpt.Tensor{Name: n.Name, Tensor: s})
		}
		return ckpt.Save(path, state, ckpt.SaveOptions{Wrap: "state_dict"})
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help"}, {"inspect", "--help"}, {"convert", "-h"}, {"diff", "--help"}, {"export", "--help"}, {"extract-backbone", "--help"}, {"verify", "--help"}, {"schemes", "--help"}} {
		status, out, log := bcl(args...)
		if status != 0 || !strings.HasPrefix(out, "Usage: bcl-ckpt") || log != "" {
			t.Errorf("%v: status %d, output %q, log %q", args, status, out, log)
		}
	}
	if out := ok(t, "inspect", "--version"); !strings.HasPrefix(out, "bcl-ckpt inspect ") || strings.Count(out, "\n") != 1 {
		t.Errorf("inspect --version: %q", out)
	}
}

func TestWrongUsage(t *testing.T) {
	x := network(t, false, "resnet10", model.CIFARStem)
	for want, args := range map[string][]string{
		"Commands:":                          {},
		`unknown command "splat"`:            {"splat"},
		"unknown flag: --odd":                {"inspect", "--odd"},
		"0 arguments, expected 1":            {"inspect"},
		"3 arguments, expected 2":            {"convert", "a", "b", "c"},
		`naming scheme "x" is not one of`:    {"convert", "a", "b.pt", "--to", "x"},
		"--from without --to":                {"convert", "a", "b.pt", "--from", "bcl"},
		"--fill without --to":                {"convert", "a", "b.pt", "--fill"},
		`--rest is "lose"`:                   {"convert", "a", "b.pt", "--rest", "lose"},
		`--branch is "left"`:                 {"convert", "a", "b.pt", "--branch", "left"},
		`the ending ".onnx"`:                 {"convert", x, "b.onnx"},
		`the ending ".npz" is not supported`: {"extract-backbone", x, "b.npz"},
		"--prune-percent is 1":               {"extract-backbone", x, "b.pt", "--prune-percent", "1"},
		"--against FEATURES.npy or --out":    {"verify", x},
		"--tolerance is -1":                  {"diff", x, x, "--tolerance", "-1"},
		"exclude each other":                 {"diff", x, x, "--all", "--names", "bcl"},
		"images 0":                           {"verify", x, "--out", "f.npy", "--images", "0"},
	} {
		status, out, log := bcl(args...)
		if status != 2 || out != "" || !strings.Contains(log, want) {
			t.Errorf("%v: status %d, output %q, log %q, want %q", args, status, out, log, want)
		}
	}
}

func TestFailures(t *testing.T) {
	dir := t.TempDir()
	x, dual := network(t, false, "resnet10", model.CIFARStem), network(t, true, "resnet10", model.CIFARStem)
	out := filepath.Join(dir, "out.pt")
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("no weights are here"), 0o644); err != nil {
		t.Fatal(err)
	}
	evil := "../../../torch/serialize/testdata/evil.pt"
	for want, args := range map[string][]string{
		"no such file":                       {"inspect", filepath.Join(dir, "none")},
		"neither a zip file nor a pickle":    {"inspect", text},
		`posix.system" is not on the allow-`: {"convert", evil, out},
		"have no name in the target":         {"convert", x, out, "--to", "torchvision"},
		"--rest drop":                        {"convert", x, out, "--to", "torchvision"},
		"with --branch full or --branch":     {"convert", dual, out, "--to", "torchvision"},
		"--force replaces it":                {"convert", x, text + "/../text.pt", "--force=false"},
		"line 1 is":                          {"convert", x, out, "--map", text},
		"state dicts are at state_dict":      {"convert", x, out, "--key", "nothing"},
		"there is no pruned one":             {"extract-backbone", x, out, "--branch", "pruned"},
		"cannot be put below a key":          {"convert", x, filepath.Join(dir, "o.safetensors"), "--wrap", "model"},
		"no such file or directory":          {"verify", x, "--against", filepath.Join(dir, "none.npy")},
	} {
		if strings.HasPrefix(want, "--force") {
			args[2] = filepath.Join(dir, "there.pt")
			if err := os.WriteFile(args[2], nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		status, _, log := bcl(args...)
		if status != 1 || !strings.Contains(log, want) {
			t.Errorf("%v: status %d, log %q, want %q", args, status, log, want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: a file was left", args)
			os.Remove(out)
		}
	}
}

func TestInspect(t *testing.T) {
	x := network(t, true, "resnet10", model.CIFARStem)
	out := ok(t, "inspect", x)
	for _, want := range []string{": pt\n", "names: bcl-dual\n", "backbone: resnet10, width 4, CIFAR stem", "state_dict.backbone.conv1.weight", "[4 3 3 3]", "tensors, "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var info ckpt.Info
	if err := json.Unmarshal([]byte(ok(t, "inspect", x, "--json")), &info); err != nil || len(info.Tensors) == 0 || len(info.Tensors[0].SHA256) != 64 {
		t.Errorf("%+v, %v", info, err)
	}
}

// TestConvertThere converts to other projects' names and formats and back.
func TestConvertThere(t *testing.T) {
	x := network(t, false, "resnet10", model.ImageNetStem)
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.pt"), filepath.Join(dir, "c.pt")
	out := ok(t, "convert", x, a, "--to", "sdclr-single")
	if !strings.Contains(out, "backbone.conv1.weight -> conv1.weight\n") || !strings.Contains(out, "0 dropped, 0 unknown (bcl to sdclr-single)") {
		t.Error(out)
	}
	ok(t, "convert", a, b, "--prefix", "module.", "--wrap", "model")
	ok(t, "convert", b, c, "--to", "bcl")
	if out := ok(t, "diff", x, c); !strings.HasPrefix(out, "equal:") {
		t.Error(out)
	}
	if out := ok(t, "diff", x, b, "--names", "bcl"); !strings.HasPrefix(out, "equal:") {
		t.Error(out)
	}
	status, out, _ := bcl("diff", x, a)
	if status != 1 || !strings.Contains(out, "not equal:") || !strings.Contains(out, "only in "+a) {
		t.Errorf("status %d\n%s", status, out)
	}
	var report struct {
		Dropped []ckpt.Dropped
		Beside  []string `json:"left_behind"`
	}
	if err := json.Unmarshal([]byte(ok(t, "convert", x, c, "--force", "--to", "lightly", "--rest", "drop", "--drop", "projector.*", "--json")), &report); err != nil || len(report.Dropped) != 15 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestDiff(t *testing.T) {
	x, y := network(t, false, "resnet10", model.CIFARStem), network(t, true, "resnet10", model.CIFARStem)
	status, out, _ := bcl("diff", x, y, "--json")
	var c ckpt.Comparison
	if err := json.Unmarshal([]byte(out), &c); err != nil || status != 1 || len(c.OnlyA) == 0 || c.Within {
		t.Errorf("status %d, %v", status, err)
	}
	z := filepath.Join(t.TempDir(), "z.pt")
	ok(t, "convert", x, z)
	status, out, _ = bcl("diff", x, z, "--all")
	if status != 1 || !strings.Contains(out, "only in "+x+": state_dict.backbone.conv1.weight") {
		t.Errorf("status %d\n%s", status, out)
	}
	ok(t, "diff", x, x, "--all")
}

func TestSchemes(t *testing.T) {
	if out := ok(t, "schemes"); strings.Count(out, "\n") != len(ckpt.Schemes())+1 {
		t.Error(out)
	}
}
