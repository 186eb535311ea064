package repro

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Status is the progress of a unit.
type Status int

// The states of a unit; the first four in order.
const (
	ToDo     Status = iota
	CutOff          // training began; bcl-train resumes it
	Trained         // not evaluated, or not completely
	Done            // trained and evaluated by the plan
	Conflict        // something else is at the unit's path
)

// State is the state of a unit by its files.
type State struct {
	Status
	Epochs int      // complete epochs
	Why    []string // for Conflict, a line each
	// Run holds the settings of the existing run, for CutOff, Trained and Done.
	Run settings.List
	// Record has the results that are still valid; nil before Trained.
	Record *Record
	// Empty is set if a run of this plan was interrupted before its first checkpoint, and
	// is to be started again in its folder (ToDo).
	Empty bool
}

func (s *State) String() string {
	switch s.Status {
	case ToDo:
		return "to do"
	case CutOff:
		return fmt.Sprintf("cut off after epoch %d", s.Epochs)
	case Trained:
		return fmt.Sprintf("trained, %d evaluations there", len(s.Record.Results))
	case Done:
		return "done"
	}
	return "conflict: " + strings.Join(s.Why, "; ")
}

func conflict(format string, args ...any) *State {
	return &State{Status: Conflict, Why: []string{fmt.Sprintf(format, args...)}}
}

// State reads the state of a unit.
func (p *Plan) State(u *Unit) (*State, error) {
	dir := p.Run(u)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return &State{Status: ToDo}, nil
	}
	if err != nil {
		return nil, err
	}
	have, err := run.ReadConfig(dir)
	if errors.Is(err, fs.ErrNotExist) {
		for _, e := range entries {
			if !run.IsLeftover(e.Name()) {
				return conflict("%s has no %s: it is not a run", dir, run.ConfigFile), nil
			}
		}
		return &State{Status: ToDo}, nil // bcl-train removes them
	}
	if err != nil {
		return conflict("%v", err), nil
	}
	if diff := differences(have, u.Train, false); len(diff) > 0 {
		return &State{Status: Conflict, Why: diff}, nil
	}
	if !run.HasCheckpoint(dir) {
		return unsaved(dir), nil
	}
	newest, at, _, err := run.Newest(dir, run.ReadPosition)
	if err != nil {
		return conflict("%v", err), nil
	}
	s := &State{Status: CutOff, Epochs: at.Epoch - 1, Run: have}
	if epochs, err := strconv.Atoi(have.Get("epochs")); err != nil || at.Epoch <= epochs {
		return s, nil
	}
	return p.evaluated(u, s, newest)
}

// unsaved is the state of a run of this plan that has no checkpoint to resume from: it is
// started again if that loses nothing, by the rule of bcl-train; otherwise it is a
// conflict.
func unsaved(dir string) *State {
	err := run.CheckUnsaved(dir)
	var kept *run.KeptError
	switch {
	case err == nil:
		return &State{Status: ToDo, Empty: true}
	case errors.As(err, &kept):
		return conflict("%s has no good %s, but %s: copy a good checkpoint to %[2]s to resume from it, or remove the folder to train from scratch", dir, run.CheckpointFile, kept.Name)
	}
	return conflict("%v", err)
}

// evaluated completes the state of a trained unit by its record. newest is the name of
// its newest checkpoint.
func (p *Plan) evaluated(u *Unit, s *State, newest string) (*State, error) {
	now, err := p.newRecord(u, newest)
	if err != nil {
		return nil, err
	}
	s.Status, s.Record = Trained, now
	r, err := ReadRecord(p.RecordPath(u))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return conflict("%v", err), nil
	}
	if r.Checkpoint != now.Checkpoint {
		return s, nil // of an earlier run at this path
	}
	if diff := differences(r.Train, u.Train, true); len(diff) > 0 {
		return &State{Status: Conflict, Why: diff}, nil
	}
	if r.Split != now.Split {
		return conflict("it was trained on another %s", p.splitPath(u)), nil
	}
	if r.Test != now.Test || r.Validation != now.Validation {
		return s, nil // tested or validated on another list
	}
	for i := range r.Results {
		good, err := p.good(u, &r.Results[i])
		if err != nil {
			return nil, err
		}
		if good {
			now.Results = append(now.Results, r.Results[i])
		}
	}
	if len(u.Missing(now)) == 0 {
		s.Status = Done
	}
	return s, nil
}
