package train

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/state"
)

// State returns what a checkpoint keeps in addition to weights, optimiser, memory and
// Position: the state of the objective and of the auxiliary losses, by name.
func (t *Trainer) State() state.Dict {
	s := t.objective.State(t.Batch > 0)
	if t.Batch > 0 {
		s = append(s, state.Entry{Name: signalsName, Value: t.signalState()})
	}
	if t.sharp != nil {
		s = append(s, state.Entry{Name: sharpName, Value: t.sharp.state()})
	}
	if t.resample != nil {
		s = append(s, state.Entry{Name: resampleName, Value: momenta(t.resample.momentum, "momentum")})
	}
	for i, a := range t.Auxiliary {
		s = append(s, state.Entry{Name: t.config.Auxiliary[i].Name(), Value: a.State()})
	}
	return s
}

// SetState restores what State returned; call it after the Position is set. State that
// this run does not use is ignored.
func (t *Trainer) SetState(s state.Dict) error {
	if err := t.objective.SetState(s, t.Batch > 0); err != nil {
		return err
	}
	if err := t.setSignals(s); err != nil {
		return fmt.Errorf("%s: %w", signalsName, err)
	}
	if t.sharp != nil {
		if err := t.sharp.setState(s); err != nil {
			return err
		}
	}
	if t.resample != nil {
		if err := t.resample.setState(s); err != nil {
			return err
		}
	}
	for i, a := range t.Auxiliary {
		c := t.config.Auxiliary[i]
		own, ok := s.Dict(c.Name())
		if !ok {
			return fmt.Errorf("%s is missing: the run that wrote this had no %s", c.Name(), c.Title())
		}
		if err := a.SetState(own); err != nil {
			return fmt.Errorf("%s: %w", c.Name(), err)
		}
	}
	return nil
}
