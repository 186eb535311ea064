package loss

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/torch"
)

// Config chooses the contrastive loss of a run. Each loss is one file, which registers it,
// and reads those of the numbers that are its own.
type Config struct {
	Name    string  // one of [Names]; "": nt-xent
	Gamma   float64 // of focal: exponent of what the positive's probability lacks
	Beta    float64 // of hard-negative: how much hard negatives count
	TauPlus float64 // of hard-negative: share of the negatives that are of the sample's own class
	Sigma   float64 // of dclw: width of the weights of positives
}

// Published is NT-Xent; the numbers are those of each loss's paper or released code.
func Published() Config {
	return Config{Name: plain, Gamma: 2, Beta: 1, TauPlus: 0.1, Sigma: 0.5}
}

// plain is the loss of SimCLR, SDCLR and BCL.
const plain = "nt-xent"

// Func returns the loss of each sample (B) from the projections of its two views (B x D,
// B >= 2), which need not be normalised, at a temperature.
type Func func(c Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor

var funcs = map[string]Func{}

// Register adds a loss under the name that Config calls it by. Call it from init. f must do
// the same in every step, except for the values of tensors, and never look at one: steps may
// be captured as CUDA graphs. It panics if there is one of that name.
func Register(name string, f Func) {
	if funcs[name] != nil {
		panic("loss: two losses are called " + name)
	}
	funcs[name] = f
}

// Names lists the losses, NT-Xent first.
func Names() (names []string) {
	for name := range funcs {
		names = append(names, name)
	}
	slices.Sort(names)
	at := slices.Index(names, plain)
	return append([]string{plain}, slices.Delete(names, at, at+1)...)
}

// Check returns a [*field.Error] for the first setting that cannot be used.
func (c Config) Check() error {
	return cmp.Or(
		field.Expect(funcs[cmp.Or(c.Name, plain)] != nil, "Name", fmt.Sprintf("%q", c.Name), "one of "+strings.Join(Names(), ", ")),
		field.Within("Gamma", c.Gamma, 0, 100),
		field.Within("Beta", c.Beta, 0, 100),
		field.Expect(c.TauPlus >= 0 && c.TauPlus < 1, "TauPlus", c.TauPlus, "in [0, 1)"),
		c.checkSigma(),
	)
}

func (c Config) checkSigma() error {
	if c.Sigma == 0 && c.Name != "dclw" {
		return nil
	}
	return field.Within("Sigma", c.Sigma, 0.01, 100)
}

// Plain reports whether the loss is NT-Xent.
func (c Config) Plain() bool { return c.Name == plain || c.Name == "" }

// PerSample returns the loss of each sample; see [Func]. c must pass its Check.
func (c Config) PerSample(z1, z2 torch.Tensor, temperature float64) torch.Tensor {
	return funcs[cmp.Or(c.Name, plain)](c, z1, z2, temperature)
}
