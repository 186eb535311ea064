package ckpt

import (
	"errors"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

func TestBackboneOfEveryScheme(t *testing.T) {
	for _, s := range Schemes() {
		b, err := BackboneOf(rename(t, resnet(t), s.Name), BackboneOptions{From: s})
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		if b.Arch != small || len(b.Tensors) != len(small.Specs()) {
			t.Errorf("%s: %v, %d tensors", s.Name, b.Arch, len(b.Tensors))
		}
		out, err := b.Rename(s)
		if err != nil {
			t.Fatal(err)
		}
		b.Account(s, out)
		// One of two branches was extracted; both branches get its norms.
		if copied := len(b.Report.Renamed); len(b.Report.Same)+copied != len(out) || (copied > 0) != s.Dual {
			t.Errorf("%s: %d of %d unchanged, %d renamed", s.Name, len(b.Report.Same), len(out), copied)
		}
	}
}

func TestNormalizeGoesAlong(t *testing.T) {
	state := append(rename(t, resnet(t), "bcl"), Tensor{"backbone.normalize.mean", tensor(t, 0, 3)}, Tensor{"backbone.normalize.std", tensor(t, 1, 3)},
		Tensor{"projector.fc1.weight", tensor(t, 0, 2, 2)})
	b, err := BackboneOf(state, BackboneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, extra := range map[string]int{"torchvision": 0, "bcl": 2, "sdclr-single": 2} {
		out, err := b.Rename(find(t, name))
		if err != nil || len(out) != len(b.Tensors)+extra {
			t.Errorf("%s: %d tensors, want %d; %v", name, len(out), len(b.Tensors)+extra, err)
		}
	}
	out, err := b.Rename(find(t, "torchvision"))
	if err != nil {
		t.Fatal(err)
	}
	b.Account(find(t, "torchvision"), out)
	if n := len(b.Report.Renamed) + len(b.Report.Same) + len(b.Report.Dropped); n != len(state) || len(b.Report.Dropped) != 3 {
		t.Errorf("%d of %d are accounted for; dropped %v", n, len(state), b.Report.Dropped)
	}
}

// TestMisfit: the lists have the file's names, each with the nearest.
func TestMisfit(t *testing.T) {
	state := rename(t, resnet(t), "bcl")
	for i := range state {
		switch state[i].Name {
		case "backbone.layer1.0.conv1.weight":
			state[i].Name = "module.backbone.layer1.0.conv1.wieght"
		case "backbone.bn1.bias":
			state[i].Name, state[i].Tensor = "module.backbone.bn1.bias", tensor(t, 0, 3)
		default:
			state[i].Name = "module." + state[i].Name
		}
	}
	_, err := BackboneOf(state, BackboneOptions{})
	var m *Misfit
	if !errors.As(err, &m) || len(m.Missing) != 1 || len(m.Unexpected) != 1 || len(m.Shapes) != 1 {
		t.Fatalf("error %v", err)
	}
	wantError(t, err, "resnet10, width 2, CIFAR stem",
		"module.backbone.layer1.0.conv1.weight (nearest: module.backbone.layer1.0.conv1.wieght)", "bn1.bias: [3] in the file, expected [2]")
}

func TestArch(t *testing.T) {
	for want, a := range map[string]Arch{
		"resnet18, width 64, CIFAR stem":                  {[4]int{2, 2, 2, 2}, false, 64, 3},
		"resnet50, width 64, 7x7 stem":                    {[4]int{3, 4, 6, 3}, true, 64, 7},
		"resnet with [2 1 1 1] blocks, width 8, 5x5 stem": {[4]int{2, 1, 1, 1}, false, 8, 5},
	} {
		if a.String() != want {
			t.Errorf("%v, want %s", a, want)
		}
		var state []Tensor
		for _, s := range a.Specs() {
			x, err := serialize.FromFunc(s.DType, s.Shape, nil)
			if err != nil {
				t.Fatal(err)
			}
			state = append(state, Tensor{s.Name, x})
		}
		if got, err := ArchOf(state); err != nil || got != a {
			t.Errorf("%v is taken for %v, %v", a, got, err)
		}
		if err := Fit(state, a.Specs(), "it"); err != nil {
			t.Error(err)
		}
	}
	for want, state := range map[string][]Tensor{
		"no conv1.weight":                     {{"bn1.weight", tensor(t, 0, 2)}},
		"conv1.weight has the shape [2 3 3]":  {{"conv1.weight", tensor(t, 0, 2, 3, 3)}},
		"[0 0 0 10000] blocks in their four":  {{"conv1.weight", tensor(t, 0, 2, 3, 3, 3)}, {"layer4.9999.conv1.weight", tensor(t, 0, 1)}},
		"[1 0 0 0] blocks in their four stag": {{"conv1.weight", tensor(t, 0, 2, 3, 3, 3)}, {"layer1.0.conv1.weight", tensor(t, 0, 1)}},
	} {
		_, err := ArchOf(state)
		wantError(t, err, want)
	}
}

// TestPrune: of all weights of convolutions together the least in magnitude are zero.
func TestPrune(t *testing.T) {
	state := rename(t, resnet(t), "bcl-dual")
	all := 0
	var every []float32
	for _, x := range resnet(t) {
		if len(x.Shape) == 4 {
			all += x.Len()
			every = append(every, floats(t, x.Tensor)...)
		}
	}
	slices.Sort(every)
	least := every[(all*9+9)/10]
	b, err := BackboneOf(state, BackboneOptions{Branch: Pruned, PruneShare: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	zeros := 0
	for i, x := range b.Tensors {
		before := floats(t, resnet(t)[i].Tensor)
		for k, v := range floats(t, x.Tensor) {
			switch {
			case len(x.Shape) == 4 && before[k] < least:
				zeros++
				if v != 0 {
					t.Fatalf("%s: element %d is %v, want 0", x.Name, k, v)
				}
			case v != before[k]:
				t.Fatalf("%s: element %d is %v, want %v", x.Name, k, v, before[k])
			}
		}
	}
	if zeros != b.Zeros || zeros == 0 {
		t.Errorf("%d zeros, the report says %d", zeros, b.Zeros)
	}
	if _, err := BackboneOf(state, BackboneOptions{Branch: Pruned, PruneShare: 1}); err == nil {
		t.Error("a share of 1 is accepted")
	}
}

// TestPruneTypes: other floating-point types work like float32.
func TestPruneTypes(t *testing.T) {
	for _, c := range []struct {
		d    dtype.DType
		data []byte // 1, -2, 0.5, -0.25 in the elements of a convolution
	}{
		{dtype.Float16, []byte{0, 0x3c, 0, 0xc0, 0, 0x38, 0, 0xb4}},
		{dtype.BFloat16, []byte{0x80, 0x3f, 0, 0xc0, 0, 0x3f, 0x80, 0xbe}},
		{dtype.Float64, []byte{6: 0xf0, 7: 0x3f, 15: 0xc0, 22: 0xe0, 23: 0x3f, 30: 0xd0, 31: 0xbf}},
	} {
		x, err := serialize.NewTensor(c.d, []int{1, 1, 2, 2}, slices.Clone(c.data))
		if err != nil {
			t.Fatal(err)
		}
		e := &Extracted{Tensors: []Tensor{{"conv1.weight", x}}}
		if err := e.prune(BackboneOptions{PruneShare: 0.5}); err != nil || e.Zeros != 2 {
			t.Fatalf("%v: %d zeros, error %v", c.d, e.Zeros, err)
		}
		got, err := e.Tensors[0].ReadData()
		want := append(slices.Clone(c.data[:len(c.data)/2]), make([]byte, len(c.data)/2)...)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: %v, error %v, want %v", c.d, got, err, want)
		}
	}
}

func TestPruneByMasks(t *testing.T) {
	state := rename(t, resnet(t), "bcl-dual")
	masks := serialize.NewDict()
	for _, x := range state {
		if len(x.Shape) != 4 {
			continue
		}
		bits := make([]byte, x.Len())
		bits[1] = 1
		m, err := serialize.NewTensor(dtype.Bool, x.Shape, bits)
		if err != nil {
			t.Fatal(err)
		}
		if err := masks.Set(x.Name, m); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(write(t, serialize.NewDict("state_dict", dictOf(t, state), "bcl", serialize.NewDict("masks", masks))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, at, other, err := f.State("")
	if err != nil || at != "state_dict" || !slices.Equal(other, []string{"bcl"}) {
		t.Fatalf("at %q, others %q, %v", at, other, err)
	}
	b, err := BackboneOf(got, BackboneOptions{Branch: Pruned, Masks: f.Masks()})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range b.Tensors {
		if v := floats(t, x.Tensor); len(x.Shape) == 4 && (v[0] != 0 || v[1] == 0) {
			t.Errorf("%s: %v", x.Name, v[:2])
		}
	}
	f2 := f.Masks()
	delete(f2, "backbone.conv1.weight")
	_, err = BackboneOf(got, BackboneOptions{Branch: Pruned, Masks: f2})
	wantError(t, err, "not for backbone.conv1.weight")
}

// floats returns the elements of a float32 tensor; of another type, none.
func floats(t testing.TB, x *serialize.Tensor) []float32 {
	t.Helper()
	if x.DType != dtype.Float32 {
		return nil
	}
	a, err := x.Array()
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Float32s()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNearest(t *testing.T) {
	among := []string{"conv1.weight", "conv2.weight", "bn1.bias"}
	for name, want := range map[string]string{"conv1.wieght": "conv1.weight", "conv2weight": "conv2.weight", "queue": "", "": ""} {
		if got := Nearest(name, among); got != want {
			t.Errorf("nearest to %q is %q, want %q", name, got, want)
		}
	}
	if d := settings.Distance("kitten", "sitting"); d != 3 {
		t.Errorf("kitten is %d from sitting, want 3", d)
	}
}
