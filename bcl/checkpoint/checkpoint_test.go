package checkpoint

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// trainer returns a trainer of a tiny network.
func trainer(t *testing.T, width int) *train.Trainer { return trainerOf(t, "resnet10", width) }

func trainerOf(t testing.TB, arch string, width int) *train.Trainer {
	t.Helper()
	c := train.Default(method.BCLI)
	encoder := model.Config{Arch: arch, Stem: model.CIFARStem, Width: width, Classes: 100}
	c.Batch, c.Epochs, c.Warmup = 2, 5, 1
	tr, err := train.New(c, encoder, views.Images(images(t, 6), augment.CIFAR(8).With(augment.Boost{K: 1, R: 30}), c.Seed), torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func do(t *testing.T, f func() error) {
	t.Helper()
	if err := torch.Do(func() error { return f() }); err != nil {
		t.Fatal(err)
	}
}

func TestSaveAndRestore(t *testing.T) {
	path := filepath.Join(t.TempDir(), run.CheckpointFile)
	do(t, func() error {
		a, b := trainer(t, 2), trainer(t, 2)
		for range 2 {
			if _, err := a.RunEpoch(context.Background()); err != nil {
				return err
			}
		}
		if err := Save(path, a, About{Config: []byte("lr: 0.5\n"), Data: run.Data{Fingerprint: "abc", Samples: 6}}); err != nil {
			return err
		}
		c, err := Load(path)
		if err != nil {
			return err
		}
		if c.Epoch != 2 || c.Config() != "lr: 0.5\n" {
			t.Errorf("epoch %d, config %q", c.Epoch, c.Config())
		}
		if err := c.Restore(b); err != nil {
			return err
		}
		if b.Position != a.Position || !reflect.DeepEqual(a.Memory.State(), b.Memory.State()) {
			t.Errorf("position %+v and memory differ from %+v", b.Position, a.Position)
		}
		x, y := nn.StateDict(a.Net), nn.StateDict(b.Net)
		for i := range x {
			if !x[i].Tensor.Equal(y[i].Tensor) {
				t.Errorf("%s differs", x[i].Name)
			}
		}
		for i, m := range a.Opt.Buffers() {
			if !m.Equal(b.Opt.Buffers()[i]) {
				t.Errorf("momentum buffer %d differs", i)
			}
		}
		return nil
	})
}

func TestRestoreErrors(t *testing.T) {
	dir := t.TempDir()
	do(t, func() error {
		a, wide := trainer(t, 2), trainer(t, 4)
		ours := filepath.Join(dir, "ours.pt")
		if err := Save(ours, a, About{}); err != nil {
			return err
		}
		c, err := Load(ours)
		if err != nil {
			return err
		}
		if err := c.Restore(wide); err == nil || !strings.Contains(err.Error(), "ours.pt") || !strings.Contains(err.Error(), "conv1.weight") {
			t.Errorf("another network: error %v", err)
		}
		bare := filepath.Join(dir, "bare.pt")
		if err := serialize.Save(bare, c.Weights); err != nil {
			return err
		}
		if c, err = Load(bare); err != nil {
			return err
		}
		if err := c.LoadWeights(a.Net); err != nil {
			t.Errorf("a bare state dict: %v", err)
		}
		if err := c.Restore(a); err == nil || !strings.Contains(err.Error(), "optimiser") {
			t.Errorf("resuming from a bare state dict: error %v", err)
		}
		return nil
	})
	for name, tree := range map[string]any{
		"list.pt":  serialize.List{},
		"none.pt":  serialize.NewDict("state_dict", nil),
		"empty.pt": serialize.NewDict("state_dict", serialize.NewOrderedDict()),
		"words.pt": serialize.NewDict("state_dict", serialize.NewDict("a", "b")),
	} {
		path := filepath.Join(dir, name)
		if l, ok := tree.(serialize.List); ok {
			tree = &l
		}
		if err := serialize.Save(path, tree); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
