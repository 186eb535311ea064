package bclckpt

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

const goldens = "../../../torch/serialize/testdata/"

// whole is a module as torch.save(model) writes it: with the tensors of a state dict, of
// classes that nothing here knows.
func whole(t *testing.T, tensors []ckpt.Tensor) *pickle.Reduction {
	t.Helper()
	params, modules := serialize.NewOrderedDict(), serialize.NewOrderedDict()
	var order []string
	inside := map[string][]ckpt.Tensor{}
	for _, x := range tensors {
		child, rest, below := strings.Cut(x.Name, ".")
		if !below {
			if err := params.Set(x.Name, x.Tensor); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if inside[child] == nil {
			order = append(order, child)
		}
		inside[child] = append(inside[child], ckpt.Tensor{Name: rest, Tensor: x.Tensor})
	}
	for _, child := range order {
		if err := modules.Set(child, whole(t, inside[child])); err != nil {
			t.Fatal(err)
		}
	}
	state := serialize.NewDict("training", true, "_parameters", params, "_buffers", serialize.NewOrderedDict(), "_modules", modules)
	return &pickle.Reduction{Fn: pickle.Global{Module: "their.code", Name: "Net"}, Args: pickle.NewTuple(), New: true, State: state}
}

// TestWholeModule: of a whole module all commands take the state dict.
func TestWholeModule(t *testing.T) {
	dir := t.TempDir()
	x := network(t, false, "resnet10", model.CIFARStem)
	file, err := ckpt.Open(x)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	state, _, _, err := file.State("")
	if err != nil {
		t.Fatal(err)
	}
	m, a, b, features := filepath.Join(dir, "m.pt"), filepath.Join(dir, "a.pt"), filepath.Join(dir, "b.pt"), filepath.Join(dir, "f.npy")
	if err := serialize.Save(m, serialize.NewDict("model", whole(t, state), "epoch", 3)); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, "inspect", m); !strings.Contains(out, `whole modules, of which the weights are read (nothing is executed): "their.code.Net"`) || !strings.Contains(out, "model.backbone.conv1.weight") || strings.Contains(out, "allow-list") {
		t.Error(out)
	}
	if out := ok(t, "convert", m, a); !strings.Contains(out, "not converted, outside the state dict: epoch\n") {
		t.Error(out)
	}
	ok(t, "diff", a, x)
	ok(t, "diff", m, x)
	ok(t, "extract-backbone", m, b)
	ok(t, "verify", m, "--out", features)
	ok(t, "verify", x, "--against", features, "--tolerance", "0")
}

// TestNoState: of a file without a state dict the error does not ask for a key.
func TestNoState(t *testing.T) {
	dir := t.TempDir()
	x, y := filepath.Join(dir, "x.pt"), filepath.Join(dir, "y.pt")
	own := &pickle.Reduction{Fn: pickle.Global{Module: "their.code", Name: "Net"}, Args: pickle.NewTuple(), New: true, State: serialize.NewDict("lr", 0.5)}
	for want, tree := range map[string]any{
		"an object of their.code.Net, which is no module as PyTorch saves it; in Python, torch.save(": own,
		"state dicts are at nowhere; bcl-ckpt inspect lists what the file holds":                      serialize.NewDict("lr", 0.5),
	} {
		if err := serialize.Save(x, tree); err != nil {
			t.Fatal(err)
		}
		if status, _, log := bcl("convert", x, y, "--skip-unknown"); status != 1 || !strings.Contains(log, want) || strings.Contains(log, "--key") {
			t.Errorf("status %d, %q", status, log)
		}
	}
}

// TestOddValues: a value that is not read is listed, named by an error, and left out.
func TestOddValues(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]struct{ listed, named, left string }{
		goldens + "odd.pt": {"odd.e4m3 = a tensor of float8_e4m3fn [4], not read", `skips the objects made by it, at "odd.matrix", and odd.rng.1 (a numpy array of uint32 [624])`, "outside the state dict: odd\n"},
		goldens + "../safetensors/testdata/odd.safetensors": {
			"e4m3 = a tensor of float8_e4m3fn [2 2], not read", "c64 (a tensor of complex64 [2])", "c64 (a tensor of complex64 [2], not read)"},
	} {
		if out := ok(t, "inspect", path); !strings.Contains(out, want.listed) {
			t.Errorf("no %q in\n%s", want.listed, out)
		}
		var info ckpt.Info
		if err := json.Unmarshal([]byte(ok(t, "inspect", path, "--json")), &info); err != nil || len(info.Unread) < 8 || len(info.Tensors) == 0 {
			t.Errorf("%+v, %v", info, err)
		}
		y := filepath.Join(dir, "y.pt")
		status, _, log := bcl("convert", path, y, "--force")
		if status != 1 || !strings.Contains(log, want.named) || !strings.Contains(log, "--skip-unknown skips ") {
			t.Errorf("status %d, %q", status, log)
		}
		if out := ok(t, "convert", path, y, "--skip-unknown", "--force"); !strings.Contains(out, want.left) {
			t.Errorf("no %q in\n%s", want.left, out)
		}
		if status, _, log := bcl("diff", path, y); status != 1 || !strings.Contains(log, "bcl-ckpt convert --skip-unknown writes the rest") {
			t.Errorf("status %d, %q", status, log)
		}
	}
}

// TestPlainPickles: a Detectron2 .pkl, a list of state dicts and a key with a dot.
func TestPlainPickles(t *testing.T) {
	dir := t.TempDir()
	y, z := filepath.Join(dir, "y.pt"), filepath.Join(dir, "z.pt")
	if out := ok(t, "convert", goldens+"arrays_4.pkl", y); !strings.Contains(out, "outside the state dict: __author__\n") {
		t.Error(out)
	}
	ok(t, "diff", y, goldens+"tensors.pkl")
	tree, err := serialize.Load(y)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.pt")
	for key, wrapped := range map[string]any{"0": []any{tree, tree}, "m.v1": serialize.NewDict("m.v1", tree)} {
		if err := serialize.Save(other, wrapped); err != nil {
			t.Fatal(err)
		}
		ok(t, "convert", other, z, "--force", "--key", key)
		ok(t, "diff", y, z)
	}
}
