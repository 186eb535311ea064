package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize"
)

// setHarmony adds harmony to the dict bcl of a checkpoint, in runs that have the option.
func setHarmony(bcl *serialize.Dict, t *train.Trainer) error {
	if t.Harmony == nil {
		return nil
	}
	s := t.Harmony.State()
	k := int64(t.Harmony.Classes())
	history, err := torch.FromSlice(s.History, int64(len(s.History))/k, k).Serial()
	if err != nil {
		return err
	}
	var shares any
	if s.Shares != nil {
		if shares, err = torch.FromSlice(s.Shares).Serial(); err != nil {
			return err
		}
	}
	return bcl.Set("harmony", serialize.NewDict("history", history, "shares", shares, "loss_sum", s.LossSum))
}

// restoreHarmony gives t what setHarmony wrote.
func (c *Checkpoint) restoreHarmony(t *train.Trainer) error {
	if t.Harmony == nil {
		return nil
	}
	d, ok := child(c.bcl, "harmony")
	if !ok {
		return fmt.Errorf("bcl.harmony is missing: the run that wrote this had no Geometric Harmonization")
	}
	f := fields{d, nil}
	s := harmony.State{History: tensorOf[float32](&f, "history"), Shares: tensorOf[float64](&f, "shares"), LossSum: f.float("loss_sum")}
	if f.err != nil {
		return fmt.Errorf("bcl.harmony: %w", f.err)
	}
	return t.Harmony.SetState(s)
}
