package repro

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// Names of the files of a run directory (bcl/run), which this package reads without
// libtorch.
const (
	configFile      = "config.yaml"
	environmentFile = "environment.json"
	metricsFile     = "metrics.jsonl"
	checkpointFile  = "model.pt"
	previousFiles   = "model_previous*.pt" // those before the newest
	checkpointFiles = "model*.pt"          // also those that --save-freq keeps
	halfWrittenFile = ".model.pt.next.tmp" // a checkpoint whose writing was cut off
)

// Status is how far a unit has come.
type Status int

// The states of a unit, in the order in which it goes through the first four.
const (
	ToDo     Status = iota
	CutOff          // training began; bcl-train goes on with it
	Trained         // not evaluated, or not all of it
	Done            // trained and evaluated as the plan says
	Conflict        // something else is in the unit's place
)

// State is what the files say of a unit.
type State struct {
	Status
	Epochs int      // complete ones
	Why    []string // of Conflict, a line each
	// Run holds the settings of the run that is there, for CutOff, Trained and Done.
	Run Settings
	// Record has the results that are still good; nil before Trained.
	Record *Record
	// Empty says that a run of this plan was cut off before its first checkpoint, and
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

// State looks at the files of a unit.
func (p *Plan) State(u *Unit) (*State, error) {
	dir := p.Run(u)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return &State{Status: ToDo}, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, configFile))
	if errors.Is(err, fs.ErrNotExist) {
		for _, e := range entries {
			if !isLeftover(e.Name()) {
				return conflict("%s has no %s: it is not a run", dir, configFile), nil
			}
		}
		return &State{Status: ToDo}, nil // bcl-train takes them away
	}
	if err != nil {
		return nil, err
	}
	have, err := parseSettings(text)
	if err != nil {
		return conflict("%s: %v", filepath.Join(dir, configFile), err), nil
	}
	if diff := differences(have, u.Train, false); len(diff) > 0 {
		return &State{Status: Conflict, Why: diff}, nil
	}
	at, err := position(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return unsaved(dir, entries)
	}
	if err != nil {
		return conflict("%v", err), nil
	}
	s := &State{Status: CutOff, Epochs: at - 1, Run: have}
	if epochs, err := strconv.Atoi(have.Get("epochs")); err != nil || at <= epochs {
		return s, nil
	}
	return p.evaluated(u, s)
}

// isLeftover reports whether a file is one that bcl-train was writing when it was
// killed.
func isLeftover(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}

// unsaved is the state of a run of this plan that has no checkpoint to go on with.
// Starting it again takes nothing away if it has neither checkpoints that were kept nor
// metrics, but for those of epochs whose checkpoint was being written. Else it is a
// conflict, which a person decides.
func unsaved(dir string, entries []fs.DirEntry) (*State, error) {
	halfWritten := false
	for _, e := range entries {
		if kept, _ := filepath.Match(checkpointFiles, e.Name()); kept {
			return conflict("%s has no good %s, but %s: copy a good checkpoint to %[2]s to go on from it, or remove the folder to train anew", dir, checkpointFile, e.Name()), nil
		}
		halfWritten = halfWritten || e.Name() == halfWrittenFile
	}
	metrics, err := os.ReadFile(filepath.Join(dir, metricsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if n := bytes.Count(metrics, []byte("\n")); n > 0 && !halfWritten {
		return conflict("%s has metrics of %d epoch(s), but no %s: remove the folder to train anew", dir, n, checkpointFile), nil
	}
	return &State{Status: ToDo, Empty: true}, nil
}

// evaluated completes the state of a trained unit by its record.
func (p *Plan) evaluated(u *Unit, s *State) (*State, error) {
	now, err := p.NewRecord(u)
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
		return s, nil // of an earlier run in this place
	}
	if diff := differences(r.Train, u.Train, true); len(diff) > 0 {
		return &State{Status: Conflict, Why: diff}, nil
	}
	if r.Split != now.Split {
		return conflict("it was trained on another %s", p.splitPath(u)), nil
	}
	if r.Test != now.Test {
		return s, nil // tested on another list
	}
	tasks := u.Tasks()
	for _, t := range tasks {
		lists, err := p.lists(t)
		if err != nil {
			return nil, err
		}
		if x := r.result(t, lists); x != nil {
			now.Results = append(now.Results, *x)
		}
	}
	if len(now.Results) == len(tasks) {
		s.Status = Done
	}
	return s, nil
}

// Missing lists the calls of bcl-eval that a trained unit lacks.
func (p *Plan) Missing(u *Unit, r *Record) ([]Task, error) {
	var missing []Task
	for _, t := range u.Tasks() {
		lists, err := p.lists(t)
		if err != nil {
			return nil, err
		}
		if r.result(t, lists) == nil {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

// position returns the epoch that the newest good checkpoint of a run goes on with.
// The error is that of the newest.
func position(dir string) (int, error) {
	at, first := positionOf(filepath.Join(dir, checkpointFile))
	if first == nil {
		return at, nil
	}
	before, err := filepath.Glob(filepath.Join(dir, previousFiles))
	if err != nil {
		return 0, err
	}
	// model_previous.pt, model_previous_2.pt, ...: newest first.
	slices.SortFunc(before, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, path := range before {
		if at, err := positionOf(path); err == nil {
			return at, nil
		}
	}
	return 0, first
}

func positionOf(path string) (int, error) {
	f, err := serialize.Open(path, serialize.Options{})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var v any = f.Tree
	for _, key := range []string{"bcl", "position", "epoch"} {
		d, ok := v.(*serialize.Dict)
		if !ok {
			return 0, fmt.Errorf("%s: not a checkpoint of bcl-train: no bcl.position.epoch", path)
		}
		v, _ = d.Lookup(key)
	}
	n, ok := v.(int64)
	if !ok {
		return 0, fmt.Errorf("%s: not a checkpoint of bcl-train: bcl.position.epoch is a %T", path, v)
	}
	return int(n), nil
}
