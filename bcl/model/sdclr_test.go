package model

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// plainStep is a step of the authors' code, in three passes with two losses and
// statistics of momentum 0.1: the reference for our step.
func plainStep(net *SDCLR, x1, x2 torch.Tensor) (losses torch.Tensor) {
	nn.Walk(net, func(_ string, m nn.Module) {
		if d, ok := m.(*dualNorm); ok {
			d.pruned.Momentum = d.full.Momentum
		}
	})
	var other torch.Tensor
	torch.NoGrad(func() { other = net.ForwardPruned(x2) })
	z1 := net.Forward(x1)
	losses = loss.NTXent(z1, other, 0.2)
	losses.Mean().Backward()
	loss.NTXent(z1.Detach(), net.ForwardPruned(x2), 0.2).Mean().Backward()
	return losses
}

func TestOnePrunedPassEqualsTwo(t *testing.T) {
	for _, arch := range []string{"resnet10", "resnet50"} {
		torchtest.Do(t, func() {
			one, three := seeded(t, arch, 4), seeded(t, arch, 4)
			x1, x2 := patterned(6, 16, 1), patterned(6, 16, 3)
			for _, net := range []*SDCLR{one, three} {
				nn.ToChannelsLast(net)
				if err := net.Prune(Pruning{Share: 0.8, Random: 0.1}, 5, 2); err != nil {
					t.Fatal(err)
				}
			}
			losses := loss.NTXent(one.Forward(x1), one.ForwardPruned(x2), 0.2)
			losses.Mean().Backward()
			want := plainStep(three, x1, x2)
			if d := torchtest.Difference(losses, want); d > 0 {
				t.Errorf("%s: losses differ by %g", arch, d)
			}
			a, b := nn.NamedParameters(one), nn.NamedParameters(three)
			for i := range a {
				scale := torch.Item[float64](b[i].Tensor.Grad().Abs().Max())
				if d := torchtest.Difference(a[i].Tensor.Grad(), b[i].Tensor.Grad()); d > 1e-5*(scale+1e-3) {
					t.Errorf("%s: gradients of %s differ by %g, the largest is %g", arch, a[i].Name, d, scale)
				}
			}
			state, other := nn.StateDict(one), nn.StateDict(three)
			for i, s := range state {
				switch {
				case strings.HasSuffix(s.Name, "num_batches_tracked"):
					// The plain step counts its passes; each counts as two there.
					count := torch.Item[float64](s.Tensor)
					if pruned := strings.Contains(s.Name, "bn_list.1"); pruned && count != 2 || !pruned && count != 1 {
						t.Errorf("%s: %s is %v after one step", arch, s.Name, count)
					}
				case strings.Contains(s.Name, "running_"):
					if d := torchtest.Difference(s.Tensor, other[i].Tensor); d > 2e-6*(1+torch.Item[float64](other[i].Tensor.Abs().Max())) {
						t.Errorf("%s: %s differs by %g", arch, s.Name, d)
					}
				}
			}
		})
	}
}

// magnitudes returns every convolution weight and whether its mask keeps it.
func magnitudes(net *SDCLR) (w []float64, kept []bool) {
	for _, p := range net.prunables() {
		for _, v := range torch.Slice[float32](p.weight.Detach()) {
			w = append(w, math.Abs(float64(v)))
		}
		kept = append(kept, torch.Slice[bool](p.mask.To(torch.Bool))...)
	}
	return w, kept
}

func count(kept []bool) (n int) {
	for _, k := range kept {
		if k {
			n++
		}
	}
	return n
}

func TestPruneByMagnitude(t *testing.T) {
	torchtest.Do(t, func() {
		net := seeded(t, "resnet10", 3)
		for _, share := range []float64{0, 0.1, 1.0 / 3, 0.5, 0.9, 0.999} {
			if err := net.Prune(Pruning{Share: share}, 1, 1); err != nil {
				t.Fatal(err)
			}
			w, kept := magnitudes(net)
			sorted := slices.Sorted(slices.Values(w))
			gone := int(math.Ceil(share * float64(len(w))))
			for i := range w {
				if want := w[i] >= sorted[gone]; kept[i] != want {
					t.Fatalf("share %v: weight %v kept: %v, want %v; the smallest kept is %v", share, w[i], kept[i], want, sorted[gone])
				}
			}
			if n := count(kept); n != len(w)-gone {
				t.Errorf("share %v: %d of %d are kept, want %d", share, n, len(w), len(w)-gone)
			}
		}
	})
}

// Equal weights are all kept or all pruned, by abs(w) >= threshold.
func TestPruneTies(t *testing.T) {
	torchtest.Do(t, func() {
		net := seeded(t, "resnet10", 2)
		torch.NoGrad(func() {
			for _, p := range net.prunables() {
				p.weight.Fill_(-0.5)
			}
		})
		if err := net.Prune(Pruning{Share: 0.9}, 1, 1); err != nil {
			t.Fatal(err)
		}
		if w, kept := magnitudes(net); count(kept) != len(w) {
			t.Errorf("%d of %d equal weights are kept, want all", count(kept), len(w))
		}
	})
}

func TestPruneAtRandom(t *testing.T) {
	torchtest.Do(t, func() {
		net := seeded(t, "resnet10", 8)
		masks := func(p Pruning, seed uint64, epoch int) []bool {
			if err := net.Prune(p, seed, epoch); err != nil {
				t.Fatal(err)
			}
			_, kept := magnitudes(net)
			return kept
		}
		largest := masks(Pruning{Share: 0.6}, 1, 1)
		p := Pruning{Share: 0.9, Random: 0.3}
		a := masks(p, 1, 1)
		for i := range a {
			if a[i] && !largest[i] {
				t.Fatal("a weight pruned by magnitude is kept")
			}
		}
		n := float64(len(a))
		if got, want := float64(count(a))/n, 0.1; math.Abs(got-want) > 4*math.Sqrt(0.25*0.75*0.4/n) {
			t.Errorf("%v of the weights are kept, want about %v", got, want)
		}
		if !slices.Equal(a, masks(p, 1, 1)) {
			t.Error("the same seed and epoch give other masks")
		}
		if slices.Equal(a, masks(p, 1, 2)) || slices.Equal(a, masks(p, 2, 1)) {
			t.Error("another seed or epoch gives the same masks")
		}
		if all := masks(Pruning{Share: 0.5, Random: 0.5}, 1, 1); math.Abs(float64(count(all))/n-0.5) > 0.01 {
			t.Errorf("%v of the weights are kept when half are pruned at random", float64(count(all))/n)
		}
	})
}

func TestPruningErrors(t *testing.T) {
	for want, p := range map[string]Pruning{
		"Share is 1":      {Share: 1},
		"Share is -0.1":   {Share: -0.1},
		"Share is NaN":    {Share: math.NaN()},
		"Random is 0.95":  {Share: 0.9, Random: 0.95},
		"Random is -0.01": {Share: 0.9, Random: -0.01},
	} {
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", p, err, want)
		}
	}
	if err := (Pruning{Share: 0.9, Random: 0.9}).Check(); err != nil {
		t.Error(err)
	}
}

// The branches differ with masks, the full one ignores them, and evaluation of the pruned
// one does not change its statistics.
func TestBranches(t *testing.T) {
	torchtest.Do(t, func() {
		net := seeded(t, "resnet10", 4)
		x := patterned(4, 16, 1)
		nn.Eval(net)
		before := net.Forward(x)
		if !before.Equal(net.ForwardPruned(x)) {
			t.Error("nothing is pruned but the branches differ")
		}
		if err := net.Prune(Pruning{Share: 0.9}, 1, 1); err != nil {
			t.Fatal(err)
		}
		if before.Equal(net.ForwardPruned(x)) {
			t.Error("pruning does not change the pruned branch")
		}
		if !before.Equal(net.Forward(x)) {
			t.Error("pruning changes the full branch")
		}
		for _, s := range nn.StateDict(net) {
			if strings.HasSuffix(s.Name, "num_batches_tracked") && torch.Item[float64](s.Tensor) != 0 {
				t.Errorf("%s is %v after evaluation", s.Name, torch.Item[float64](s.Tensor))
			}
		}
		if got := net.Encoder().Forward(x).Shape(); !slices.Equal(got, []int64{4, 32}) {
			t.Errorf("features %v", got)
		}
	})
}

func TestSetMasks(t *testing.T) {
	torchtest.Do(t, func() {
		a, b := seeded(t, "resnet10", 4), seeded(t, "resnet10", 4)
		nn.ToChannelsLast(b)
		if err := a.Prune(Pruning{Share: 0.7, Random: 0.2}, 1, 1); err != nil {
			t.Fatal(err)
		}
		masks := a.Masks()
		for i := range masks {
			masks[i].Tensor = masks[i].Tensor.To(torch.Bool)
		}
		if err := b.SetMasks(masks); err != nil {
			t.Fatal(err)
		}
		_, x := magnitudes(a)
		_, y := magnitudes(b)
		if !slices.Equal(x, y) {
			t.Error("other masks after SetMasks")
		}
		if err := b.SetMasks(masks[1:]); err == nil || !strings.Contains(err.Error(), "masks, expected") {
			t.Errorf("too few masks: error %v", err)
		}
		masks[2], masks[3] = masks[3], masks[2]
		if err := b.SetMasks(masks); err == nil || !strings.Contains(err.Error(), "mask 2") {
			t.Errorf("masks in another order: error %v", err)
		}
	})
}

// Names determine the kind of network, and those of no other kind are SimCLR's.
func TestKindOf(t *testing.T) {
	torchtest.Do(t, func() {
		for _, k := range Kinds() {
			var names []string
			for _, n := range nn.StateDict(k.New(Config{Arch: "resnet10", Stem: CIFARStem, Width: 2, Classes: 10})) {
				names = append(names, n.Name)
			}
			if got := KindOf(names).Name; got != k.Name {
				t.Errorf("the names of %s are taken for those of %s", k.Name, got)
			}
		}
		if got := KindOf([]string{"conv1.weight"}).Name; got != "simclr" {
			t.Errorf("a bare encoder is taken for %s", got)
		}
	})
}

// The masks of the published network, 11.2 M weights.
func BenchmarkPrune(b *testing.B) {
	for name, p := range map[string]Pruning{"magnitude": {Share: 0.9}, "random": {Share: 0.9, Random: 0.1}} {
		b.Run(name, func(b *testing.B) {
			torchtest.Do(b, func() {
				net := NewSDCLR(Config{Arch: "resnet18", Stem: CIFARStem, Width: 64, Classes: 100})
				nn.ToChannelsLast(net)
				for b.Loop() {
					if err := net.Prune(p, 1, 1); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
