package train

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// RwSAM configures re-weighted sharpness-aware minimisation (Liu, HaoChen, Gaidon, Ma 2022,
// arXiv 2110.05025, section 5): steps of two passes, the first of which, weighted by the
// inverse density of the samples, chooses where around the weights the second takes the
// gradients. Rare samples thus choose the direction in which the loss must be flat.
type RwSAM struct {
	On       bool
	Rho      float64 // size of the neighbourhood
	Adaptive bool    // see [optim.SAM]
	Alpha    float64 // weights are density^-Alpha; 0: plain SAM
}

// PublishedRwSAM has the defaults of the released code, and weights of the inverse density.
func PublishedRwSAM() RwSAM { return RwSAM{Rho: 0.5, Adaptive: true, Alpha: 1} }

// Check returns a [*field.Error] for the first setting that cannot be used.
func (c RwSAM) Check() error {
	return cmp.Or(field.Within("Rho", c.Rho, 0, 100), field.Within("Alpha", c.Alpha, 0, 100))
}

// sharp is RwSAM of a run. The paper estimates densities once, from the features of another
// run; here a sample's is the momentum of its density signal, a log, in this run, up to the
// epoch before.
type sharp struct {
	config  RwSAM
	sam     *optim.SAM
	density *memory.Memory // momentum of the logs
}

// newSharp returns it for the trainer's parameters, nil if it is off. Its memory belongs to the
// current scope.
func newSharp(c Config, net nn.Module, samples int, measured []signal.Name) (*sharp, error) {
	if !c.RwSAM.On {
		return nil, nil
	}
	if !slices.Contains(measured, signal.Density) {
		return nil, fmt.Errorf("method %s has no density of the samples, by which rwSAM weights them", c.Method)
	}
	density, err := memory.New(samples, c.Memory.BetaOf(c.Epochs))
	if err != nil {
		return nil, err
	}
	return &sharp{c.RwSAM, optim.NewSAM(nn.Parameters(net), c.RwSAM.Rho, c.RwSAM.Adaptive), density}, nil
}

// weights returns those of the samples of a batch in the first pass, of mean 1: nil, all 1,
// while a sample has had no density yet.
func (s *sharp) weights(samples []int) []float32 {
	logs := s.density.Loss()
	least := float32(math.Inf(1))
	for _, i := range samples {
		if !s.density.Seen(i) {
			return nil
		}
		least = min(least, logs[i])
	}
	out, sum := make([]float32, len(samples)), 0.0
	for k, i := range samples {
		out[k] = float32(math.Exp(-s.config.Alpha * float64(logs[i]-least)))
		sum += float64(out[k])
	}
	for k := range out {
		out[k] *= float32(float64(len(out)) / sum)
	}
	return out
}

// sharpName is the state of the densities.
const sharpName = "rwsam"

func (s *sharp) state() state.Dict { return momenta(s.density, "density") }

func (s *sharp) setState(all state.Dict) error {
	saved, ok := all.Dict(sharpName)
	if !ok {
		return fmt.Errorf("%s is missing: the run that wrote this had no rwSAM", sharpName)
	}
	return setMomenta(s.density, saved, sharpName, "density")
}

// momenta is the state of the momentum of a signal: float32 and bool of each sample.
func momenta(m *memory.Memory, what string) state.Dict {
	s := m.State()
	return state.Dict{{Name: what, Value: torch.FromSlice(s.Loss)}, {Name: "seen", Value: torch.FromSlice(s.Seen)}}
}

func setMomenta(m *memory.Memory, saved state.Dict, name, what string) error {
	r := state.Reader{Dict: saved}
	s := memory.State{Loss: state.Slice[float32](&r, what), Seen: state.Slice[bool](&r, "seen")}
	if r.Err != nil {
		return fmt.Errorf("%s: %w", name, r.Err)
	}
	return m.SetState(s)
}
