package repro

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Record is the results of an evaluated unit. Results are added one at a time, so that an
// interrupted evaluation can be resumed.
type Record struct {
	Unit       string        `json:"unit"`
	Train      settings.List `json:"train"`                        // settings of the plan for bcl-train
	Split      string        `json:"train_split_sha256,omitempty"` // of the training list
	Test       string        `json:"test_list_sha256,omitempty"`   // of the test list
	Validation string        `json:"validation_list_sha256,omitempty"`
	Checkpoint string        `json:"checkpoint_sha256"`
	Results    []Result      `json:"results"`
}

// Result is one call of bcl-eval.
type Result struct {
	Protocol string          `json:"protocol"`        // names of the protocols of the call
	Specs    []protocol.Spec `json:"specs,omitempty"` // the protocols; absent in records of earlier versions (record_old.go)
	Lists    []List          `json:"lists,omitempty"` // that it fitted on
	Eval     settings.List   `json:"eval"`            // settings of the plan for bcl-eval
	At       time.Time       `json:"at"`
	Seconds  float64         `json:"seconds"`
	Output   json.RawMessage `json:"output"` // of bcl-eval --json
}

// List is a published list, by its name in the preset, at the time of evaluation.
type List struct {
	Name string `json:"name"`
	Hash string `json:"sha256"`
}

// ReadRecord reads a unit's record.
func ReadRecord(path string) (*Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Record)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Write writes the record.
func (r *Record) Write(path string) error { return writeJSON(path, r) }

func writeJSON(path string, v any) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}

// names lists the protocols of x.
func (x *Result) names() []string { return strings.Split(x.Protocol, ",") }

// protocols returns the protocols of x, if a part has the same; else nil.
func (x *Result) protocols(part *Part) []protocol.Spec {
	specs := part.named(x.names())
	if x.old() && !x.fits(specs) || !x.old() && !slices.EqualFunc(x.Specs, specs, protocol.Spec.Equal) {
		return nil
	}
	return specs
}

// good reports whether x fits the plan: its protocols, their lists, and the settings of
// bcl-eval. If x does not have the first protocol, the linear probe is enough.
func (p *Plan) good(u *Unit, x *Result) (bool, error) {
	specs := x.protocols(u.Part)
	if specs == nil {
		return false, nil
	}
	lists, err := p.lists(specs)
	if err != nil || !slices.Equal(x.Lists, lists) {
		return false, err
	}
	have := x.Eval.Without("shots") // of earlier versions
	first := slices.Contains(x.names(), u.Part.Protocols[0].Name)
	return len(differences(have, u.Eval, true)) == 0 || !first && len(differences(have, u.Eval.With("by", linear(u.Eval)), true)) == 0, nil
}

// newRecord returns the record of a trained unit, without results. checkpoint is the name
// of the newest good one.
func (p *Plan) newRecord(u *Unit, checkpoint string) (*Record, error) {
	r := &Record{Unit: u.Name(), Train: u.Train}
	var err error
	if r.Checkpoint, err = dataset.FileHash(run.File(p.Run(u), checkpoint)); err != nil {
		return nil, err
	}
	if path := p.splitPath(u); path != "" {
		if r.Split, err = dataset.FileHash(path); err != nil {
			return nil, err
		}
	}
	if u.Part.Test != "" {
		if r.Test, err = dataset.FileHash(p.TestList(u)); err != nil {
			return nil, err
		}
	}
	if u.Part.Validation != "" {
		r.Validation, err = dataset.FileHash(p.ValidationList(u))
	}
	return r, err
}

// Add adds the output of bcl-eval for a task.
func (p *Plan) Add(r *Record, t Task, output []byte, took time.Duration) error {
	lists, err := p.lists(t.Protocols)
	if err != nil {
		return err
	}
	if _, err := score.ParseResults(output); err != nil {
		return fmt.Errorf("output of bcl-eval: %w", err)
	}
	r.Results = append(r.Results, Result{t.Name(), t.Protocols, lists, t.Eval, time.Now().UTC().Truncate(time.Second), took.Seconds(), output})
	return nil
}

// lists returns the current lists of protocols: that of the probe set, those of all
// images, those of few-shot subsets.
func (p *Plan) lists(specs []protocol.Spec) ([]List, error) {
	var names []string
	if probe := specs[0].Probe; probe != "" {
		names = append(names, probe)
	}
	for _, few := range []bool{false, true} {
		for _, s := range specs {
			if s.Probe = ""; (s.Shots > 0) == few {
				names = append(names, s.Files()...)
			}
		}
	}
	var lists []List
	for _, name := range names {
		hash, err := dataset.FileHash(p.list(name))
		if err != nil {
			return nil, err
		}
		lists = append(lists, List{name, hash})
	}
	return lists, nil
}
