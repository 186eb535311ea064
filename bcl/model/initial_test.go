package model_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The networks have the published names in the published order and, for the same
// seed, the published initial weights, bit for bit.
func TestInitialWeightsArePyTorchs(t *testing.T) {
	b, err := os.ReadFile("testdata/initial.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Versions map[string]string
		Networks []struct {
			Arch       string
			Stem       model.Stem
			Width      int
			Classes    int
			State      [][2]string // name, digest
			Parameters []string
		}
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	exact := torchtest.HasAVX2()
	if !exact {
		t.Log("without AVX2 random numbers have other last bits: only names are compared")
	}
	for _, want := range g.Networks {
		c := model.Config{Arch: want.Arch, Stem: want.Stem, Width: want.Width, Classes: want.Classes}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		torchtest.Do(t, func() {
			torch.ManualSeed(10)
			net := model.NewSimCLR(c)
			state := nn.StateDict(net)
			if len(state) != len(want.State) {
				t.Errorf("%+v: %d tensors, want %d", c, len(state), len(want.State))
			}
			for i, s := range state[:min(len(state), len(want.State))] {
				name, digest := want.State[i][0], want.State[i][1]
				if s.Name != name {
					t.Fatalf("%+v: tensor %d is %s, want %s", c, i, s.Name, name)
				}
				if got := fmt.Sprintf("%x", sha256.Sum256(s.Tensor.Bytes()))[:16]; exact && got != digest {
					t.Errorf("%+v: %s starts with other values than PyTorch's", c, name)
				}
			}
			var names []string
			for _, p := range nn.NamedParameters(net) {
				names = append(names, p.Name)
			}
			if !slices.Equal(names, want.Parameters) {
				t.Errorf("%+v: parameters %v\nwant %v", c, names, want.Parameters)
			}
		})
	}
}
