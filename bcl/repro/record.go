package repro

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Record is what is known of an evaluated unit. It grows by a result at a time, so
// that what was cut off goes on.
type Record struct {
	Unit       string   `json:"unit"`
	Train      Settings `json:"train"`                        // settings that the plan gave bcl-train
	Split      string   `json:"train_split_sha256,omitempty"` // of the list trained on
	Test       string   `json:"test_list_sha256,omitempty"`   // of the list tested on
	Checkpoint string   `json:"checkpoint_sha256"`
	Results    []Result `json:"results"`
}

// Result is one call of bcl-eval.
type Result struct {
	Protocol string          `json:"protocol"`
	List     string          `json:"list,omitempty"`        // "" is the whole probe set
	ListHash string          `json:"list_sha256,omitempty"` // of that file
	Eval     Settings        `json:"eval"`                  // settings that the plan gave bcl-eval
	At       time.Time       `json:"at"`
	Seconds  float64         `json:"seconds"`
	Output   json.RawMessage `json:"output"` // of bcl-eval --json
}

// Task is a call of bcl-eval that a unit needs.
type Task struct {
	Protocol, List string
	Eval           Settings
}

// Tasks lists the calls of bcl-eval for a unit. Only the first protocol's first
// list gives all figures; of the others the linear probe is asked for alone.
func (u *Unit) Tasks() []Task {
	var tasks []Task
	for i, q := range u.Part.Protocols {
		lists := q.Lists
		if len(lists) == 0 {
			lists = []string{q.Probe}
		}
		for j, l := range lists {
			eval := u.Eval
			if q.Shots > 0 {
				eval = eval.With("shots", fmt.Sprint(q.Shots))
			}
			if i > 0 || j > 0 {
				eval = eval.With("by", "probe")
			}
			tasks = append(tasks, Task{q.Name, l, eval})
		}
	}
	return tasks
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
func (r *Record) Write(path string) error {
	return writeJSON(path, r)
}

func writeJSON(path string, v any) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}

// result returns the result of a task, or nil if it is not there as the plan wants it.
func (r *Record) result(t Task, listHash string) *Result {
	for i := range r.Results {
		if x := &r.Results[i]; x.Protocol == t.Protocol && x.List == t.List && x.ListHash == listHash && len(differences(x.Eval, t.Eval, true)) == 0 {
			return x
		}
	}
	return nil
}

// NewRecord returns the record of a unit as it is now trained, without results.
func (p *Plan) NewRecord(u *Unit) (*Record, error) {
	r := &Record{Unit: u.Name(), Train: u.Train}
	var err error
	if r.Checkpoint, err = fileHash(filepath.Join(p.Run(u), checkpointFile)); err != nil {
		return nil, err
	}
	if r.Split, err = p.splitHash(u); err != nil {
		return nil, err
	}
	if u.Part.Test != "" {
		r.Test, err = fileHash(p.TestList(u))
	}
	return r, err
}

// Add adds what bcl-eval said to a task.
func (p *Plan) Add(r *Record, t Task, output []byte, took time.Duration) error {
	hash, err := p.listHash(t)
	if err != nil {
		return err
	}
	if _, err := parseOutput(output); err != nil {
		return fmt.Errorf("output of bcl-eval: %w", err)
	}
	r.Results = append(r.Results, Result{t.Protocol, t.List, hash, t.Eval, time.Now().UTC().Truncate(time.Second), took.Seconds(), output})
	return nil
}

func (p *Plan) listHash(t Task) (string, error) {
	if t.List == "" {
		return "", nil
	}
	return fileHash(filepath.Join(p.Splits, t.List))
}

func (p *Plan) splitHash(u *Unit) (string, error) {
	if p.TrainSplit(u) == "" {
		return "", nil
	}
	return fileHash(p.splitPath(u))
}

func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
