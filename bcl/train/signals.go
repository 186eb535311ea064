package train

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
)

// signalsOf lists the signals that an objective has of each sample, the loss first.
func signalsOf(o Objective) []signal.Name {
	names := []signal.Name{signal.Loss}
	if m, ok := o.(Measuring); ok {
		names = append(names, m.Signals()...)
	}
	return names
}

// measured returns the signals of a batch of some samples, those of t.Signals one after another
// in one tensor, so that they reach the host in one copy.
func (t *Trainer) measured(l Losses, samples int) (torch.Tensor, error) {
	names := t.Signals.Names()
	if n := l.PerSample.Numel(); n != int64(samples) {
		return torch.Tensor{}, fmt.Errorf("the objective gives %d losses for %d samples", n, samples)
	}
	if len(l.Signals) != len(names)-1 {
		return torch.Tensor{}, fmt.Errorf("the objective gives %d signals beside the loss, and lists %d: %s", len(l.Signals), len(names)-1, signal.List(names[1:]))
	}
	if len(names) == 1 {
		return l.PerSample.Detach(), nil
	}
	list := []torch.Tensor{l.PerSample.Detach()}
	for i, s := range l.Signals {
		if n := s.Numel(); n != int64(samples) {
			return torch.Tensor{}, fmt.Errorf("the objective gives %d values of %s for %d samples", n, names[1+i], samples)
		}
		list = append(list, s)
	}
	return torch.Cat(list, 0), nil
}

// tailness returns the values of a signal so that larger is more tail-like.
func tailness(name signal.Name, of func(signal.Name) []float32) []float32 {
	followed, _ := signal.Lookup(name)
	return followed.Tailness(of(name))
}

// signalsName is the state of the signals: within an epoch float32 of each sample by the
// signal's name, NaN of samples that are still to come. Between epochs there is none.
const signalsName = "signals"

func (t *Trainer) signalState() (s state.Dict) {
	for _, name := range t.Signals.Names() {
		s = append(s, state.Entry{Name: string(name), Value: torch.FromSlice(t.Signals.Row(name))})
	}
	return s
}

// setSignals restores what signalState returned. What is missing, as in checkpoints of before
// there were signals, is not known of the epoch so far.
func (t *Trainer) setSignals(all state.Dict) error {
	t.Signals.Reset()
	saved, _ := all.Dict(signalsName)
	if t.Batch == 0 {
		return nil
	}
	r := state.Reader{Dict: saved}
	for _, name := range t.Signals.Names() {
		if _, known := saved.Get(string(name)); !known {
			continue
		}
		values := state.Slice[float32](&r, string(name))
		if r.Err != nil {
			return r.Err
		}
		if err := t.Signals.Set(name, values); err != nil {
			return err
		}
	}
	return nil
}
