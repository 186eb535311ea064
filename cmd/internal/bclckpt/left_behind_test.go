package bclckpt

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// lightning saves a checkpoint as another trainer writes it: weights with the versions of
// their modules, and objects of its own classes.
func lightning(t *testing.T, path string) {
	t.Helper()
	w, err := serialize.NewTensor(dtype.Float32, []int{2}, make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	state := serialize.NewOrderedDict("bn.weight", w)
	state.Attrs = serialize.NewDict("_metadata", serialize.NewOrderedDict("", serialize.NewDict("version", 1), "bn", serialize.NewDict("version", 2)))
	config := &pickle.Reduction{Fn: pickle.Global{Module: "their.code", Name: "Config"}, Args: pickle.NewTuple(), State: serialize.NewDict("lr", 0.5)}
	evil := &pickle.Reduction{Fn: pickle.Global{Module: "posix", Name: "system"}, Args: pickle.NewTuple("touch pwned")}
	if err := serialize.Save(path, serialize.NewDict("state_dict", state, "config", config, "x", evil)); err != nil {
		t.Fatal(err)
	}
}

// TestUnknownGlobals: a file with names that are not on the allow-list is refused with
// all the names, and read without the objects made by them on request.
func TestUnknownGlobals(t *testing.T) {
	dir := t.TempDir()
	x, y := filepath.Join(dir, "x.ckpt"), filepath.Join(dir, "y.pt")
	lightning(t, x)
	for _, args := range [][]string{{"convert", x, y}, {"extract-backbone", x, y}, {"diff", x, x}, {"verify", x, "--out", y}} {
		status, _, log := bcl(args...)
		if status != 1 || !strings.Contains(log, `"their.code.Config", "posix.system" are not on the allow-list`) {
			t.Errorf("%v: status %d, %q", args, status, log)
		}
	}
	out := ok(t, "inspect", x)
	for _, want := range []string{"not on the allow-list: posix.system (", "config = an object of their.code.Config, which is not known\n", "state_dict.bn.weight"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var info ckpt.Info
	if err := json.Unmarshal([]byte(ok(t, "inspect", x, "--json")), &info); err != nil || !slices.Equal(info.Unknown, []string{"their.code.Config", "posix.system"}) {
		t.Errorf("%q, %v", info.Unknown, err)
	}
	if out := ok(t, "convert", x, y, "--skip-unknown"); !strings.Contains(out, "not converted, outside the state dict: config, x\n") {
		t.Error(out)
	}
	if out := ok(t, "inspect", y); strings.Contains(out, "allow-list") || !strings.Contains(out, `_metadata = {"": {"version": 1}, "bn": {"version": 2}}`) {
		t.Error(out)
	}
}

// TestNothingIsLeftInSilence: what a format cannot hold is listed, and the rest is kept.
func TestNothingIsLeftInSilence(t *testing.T) {
	dir := t.TempDir()
	x, a, b := filepath.Join(dir, "x.ckpt"), filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.safetensors")
	lightning(t, x)
	if out := ok(t, "convert", x, a, "--skip-unknown"); !strings.Contains(out, "config, x, _metadata, the versions of the modules (a safetensors file cannot hold it)") {
		t.Error(out)
	}
	f, err := safetensors.Load(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := safetensors.Save(a, f.Tensors, map[string]string{"format": "pt", "epoch": "3"}); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, "convert", a, b); strings.Contains(out, "not converted") {
		t.Error(out)
	}
	if g, err := safetensors.Load(b); err != nil || g.Metadata["epoch"] != "3" || g.Metadata["format"] != "pt" {
		t.Errorf("metadata %v, %v", g.Metadata, err)
	}
	if out := ok(t, "convert", b, filepath.Join(dir, "c.pt")); !strings.Contains(out, `not converted, outside the state dict: metadata "epoch" (a .pt file cannot hold it)`) {
		t.Error(out)
	}
}
