package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Every loss and its gradient are those of the formula of its source, in PyTorch; re-weighting
// too. The goldens are float64 rounded to float32; here all is float32, whose resolution of a
// cosine is divided by the temperature.
func TestVariantsAreTheirFormulas(t *testing.T) {
	g := torchtest.Open(t, "testdata/variants.safetensors")
	var cases []struct{ Temperature, Gamma, Beta, TauPlus, Sigma float64 }
	g.JSON("cases", &cases)
	torchtest.Do(t, func() {
		for i, c := range cases {
			views := func() (z, z1, z2 torch.Tensor) {
				z = g.Tensor(fmt.Sprintf("%d/z", i)).Clone().SetRequiresGrad(true)
				z1, z2 = loss.Interleaved(z)
				return z, z1, z2
			}
			weights := g.Tensor(fmt.Sprintf("%d/weights", i))
			tolerance := 1e-6 * (1 + 1/c.Temperature)
			for _, name := range loss.Names() {
				z, z1, z2 := views()
				l := loss.Config{Name: name, Gamma: c.Gamma, Beta: c.Beta, TauPlus: c.TauPlus, Sigma: c.Sigma}.PerSample(z1, z2, c.Temperature)
				g.Near(fmt.Sprintf("%d/%s/loss", i, name), l, tolerance)
				l.Mul(weights).Mean().Backward()
				g.Near(fmt.Sprintf("%d/%s/grad", i, name), z.Grad(), tolerance)
			}
			for _, r := range []loss.Reweighting{loss.FarPositives, loss.LoTaR} {
				z, z1, z2 := views()
				w := r.Weights(z1, z2)
				g.Near(fmt.Sprintf("%d/%s/weight", i, r), w, 1e-6)
				loss.NTXent(z1, z2, c.Temperature).Mul(w).Mean().Backward()
				g.Near(fmt.Sprintf("%d/%s/grad", i, r), z.Grad(), tolerance)
			}
		}
	})
	torchtest.Do(t, func() {
		for i, temperature := range []float64{0.2, 0.07} {
			name := func(part string) string { return fmt.Sprintf("infonce/%d/%s", i, part) }
			q := g.Tensor(name("q")).Clone().SetRequiresGrad(true)
			l, signals := loss.InfoNCE(q, g.Tensor(name("k")), g.Tensor(name("keys")), temperature)
			g.Near(name("loss"), l, 2e-5)
			for j, s := range loss.SignalNames() {
				g.Near(name(string(s)), signals[j], 1e-5)
				if signals[j].RequiresGrad() {
					t.Errorf("%s has a gradient", s)
				}
			}
			l.Mean().Backward()
			g.Near(name("grad"), q.Grad(), 5e-6)
		}
	})
	g.Unused("")
}

// At the neutral values of their settings the losses are NT-Xent.
func TestVariantsContainNTXent(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	torchtest.Do(t, func() {
		z1, z2 := views(r, 9, 16)
		a, b := tensor(z1, torch.Float64), tensor(z2, torch.Float64)
		want := loss.NTXent(a, b, 0.2)
		for name, got := range map[string]torch.Tensor{
			"focal":         loss.Focal(a, b, 0.2, 0),
			"hard-negative": loss.HardNegative(a, b, 0.2, 0, 0),
			"none":          loss.Config{}.PerSample(a, b, 0.2),
		} {
			if d := torchtest.Difference(got, want); d > 1e-12 {
				t.Errorf("%s differs from NT-Xent by %g", name, d)
			}
		}
		// The weights of dclw have the mean 1, and are all 1 if all pairs are equally far.
		if d := torchtest.Difference(loss.DCLW(a, a, 0.2, 0.5), loss.DCL(a, a, 0.2)); d > 1e-12 {
			t.Errorf("dclw of equal distances differs from dcl by %g", d)
		}
	})
}

// No temperature and no setting makes a loss or a gradient overflow, also of projections that
// are all equal, opposite or zero.
func TestVariantsAreFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	torchtest.Do(t, func() {
		z1, z2 := views(r, 6, 8)
		a := tensor(z1, torch.Float32)
		for kind, pair := range map[string][2]torch.Tensor{
			"random":   {a, tensor(z2, torch.Float32)},
			"opposite": {a, a.Neg()},
			"equal":    {torch.Ones([]int64{6, 8}), torch.Ones([]int64{6, 8})},
			"zero":     {torch.Zeros([]int64{6, 8}), torch.Zeros([]int64{6, 8})},
		} {
			for _, name := range loss.Names() {
				for _, temperature := range []float64{1e-3, 0.01, 0.2, 100} {
					c := loss.Published()
					c.Name = name
					x, y := pair[0].Clone().SetRequiresGrad(true), pair[1].Clone().SetRequiresGrad(true)
					l := c.PerSample(x, y, temperature)
					l.Mean().Backward()
					for what, v := range map[string]torch.Tensor{"loss": l, "gradient": x.Grad(), "second gradient": y.Grad()} {
						if !torch.Item[bool](v.IsFinite().All()) {
							t.Errorf("%s at temperature %v, %s projections: the %s is not finite", name, temperature, kind, what)
						}
					}
				}
			}
			for _, form := range []loss.Reweighting{loss.FarPositives, loss.LoTaR} {
				x := pair[0].Clone().SetRequiresGrad(true)
				w := form.Weights(x, pair[1])
				if !torch.Item[bool](w.IsFinite().All()) || math.Abs(torch.Item[float64](w.Mean())-1) > 0.05 {
					t.Errorf("%s, %s projections: weights %v", form, kind, torch.Slice[float32](w))
				}
			}
		}
	})
}

func TestConfig(t *testing.T) {
	if names := loss.Names(); !slices.Equal(names, []string{"nt-xent", "dcl", "dclw", "focal", "hard-negative"}) {
		t.Errorf("losses %v", names)
	}
	if err := loss.Published().Check(); err != nil {
		t.Error(err)
	}
	if err := (loss.Config{}).Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(c *loss.Config){
		`Name is "triplet", expected one of nt-xent, dcl`: func(c *loss.Config) { c.Name = "triplet" },
		"Gamma is -1":        func(c *loss.Config) { c.Gamma = -1 },
		"Beta is NaN":        func(c *loss.Config) { c.Beta = math.NaN() },
		"Beta is +Inf":       func(c *loss.Config) { c.Beta = math.Inf(1) },
		"TauPlus is 1,":      func(c *loss.Config) { c.TauPlus = 1 },
		"Sigma is 0, expect": func(c *loss.Config) { c.Name, c.Sigma = "dclw", 0 },
	} {
		c := loss.Published()
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	for text, want := range map[string]loss.Reweighting{"": "", "false": "", "true": "far", "far": "far", "lotar": "lotar"} {
		if got, err := loss.ParseReweighting(text); err != nil || got != want {
			t.Errorf("%q: %q, error %v", text, got, err)
		}
	}
	if _, err := loss.ParseReweighting("near"); err == nil || !strings.Contains(err.Error(), "far or lotar") {
		t.Errorf("error %v", err)
	}
}

// The samples of a batch, hard negatives counted more.
func ExampleConfig_PerSample() {
	c := loss.Published()
	c.Name, c.Beta = "hard-negative", 1
	err := torch.Do(func() error {
		z1 := torch.FromSlice([]float32{1, 0, 0, 1, -1, 0}, 3, 2)
		z2 := torch.FromSlice([]float32{1, 0, 0, 1, 1, 1}, 3, 2)
		for i, l := range torch.Slice[float32](c.PerSample(z1, z2, 0.5)) {
			fmt.Printf("sample %d: %.2f\n", i, l)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// sample 0: 0.87
	// sample 1: 0.81
	// sample 2: 3.58
}
