package repro

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	Protocol string          `json:"protocol"`        // names of the protocols of the call
	Lists    []List          `json:"lists,omitempty"` // that it fitted on
	Eval     Settings        `json:"eval"`            // settings that the plan gave bcl-eval
	At       time.Time       `json:"at"`
	Seconds  float64         `json:"seconds"`
	Output   json.RawMessage `json:"output"` // of bcl-eval --json
}

// List is a published list by its name in the preset, as it was.
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
func (r *Record) result(t Task, lists []List) *Result {
	for i := range r.Results {
		if x := &r.Results[i]; x.Protocol == t.Name() && slices.Equal(x.Lists, lists) && len(differences(x.Eval, t.Eval, true)) == 0 {
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
	lists, err := p.lists(t)
	if err != nil {
		return err
	}
	if _, err := parseOutput(output); err != nil {
		return fmt.Errorf("output of bcl-eval: %w", err)
	}
	r.Results = append(r.Results, Result{t.Name(), lists, t.Eval, time.Now().UTC().Truncate(time.Second), took.Seconds(), output})
	return nil
}

// lists returns the lists of a task as they are now.
func (p *Plan) lists(t Task) ([]List, error) {
	var lists []List
	for _, name := range append(t.probeLists(), t.shotLists()...) {
		hash, err := fileHash(p.list(name))
		if err != nil {
			return nil, err
		}
		lists = append(lists, List{name, hash})
	}
	return lists, nil
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
