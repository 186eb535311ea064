package ckpt

import (
	"fmt"
	"path"

	"github.com/bcl-go/bcl/torch/serialize"
)

// Rest is what to do with tensors that the target has no name for.
type Rest string

// The values of Rest.
const (
	RestError Rest = "error" // Convert fails and lists them
	RestDrop  Rest = "drop"  // they are dropped, and listed
	RestKeep  Rest = "keep"  // they are kept under their own names, and listed
)

// Options of [Convert].
type Options struct {
	From, To *Scheme      // nil: names are kept; From nil: detected
	Map      []KeyMapping // applied first
	Strip    string       // prefix removed from every name, before all else
	Prefix   string       // prefix added to every name, last
	Branch   Branch       // from two branches to one: which
	Drop     []string     // patterns (package path's) of source names to leave out
	Only     []Component  // leave out all other components; nil: none
	Rest     Rest         // "" is RestError
	Fill     bool         // add tensors that only To's network has and whose values are known
}

// Move is a converted tensor.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Dropped is a tensor that is not converted, or was added, and the reason.
type Dropped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Report accounts for every tensor of the source.
type Report struct {
	From    string    `json:"from,omitempty"` // the scheme
	To      string    `json:"to,omitempty"`
	Prefix  string    `json:"unwrapped,omitempty"` // what was taken off the names
	Renamed []Move    `json:"renamed"`
	Same    []string  `json:"unchanged"`
	Dropped []Dropped `json:"dropped"`
	Added   []Dropped `json:"added"`   // by Fill, and why
	Unknown []string  `json:"unknown"` // unknown to the scheme: kept or dropped by Rest
	Notes   []string  `json:"notes"`

	foreign []string // of Unknown, what is below layers of the backbone
}

// RestFailure is why [Convert] fails: tensors that the target has no name for.
type RestFailure struct{ Left []Dropped }

func (e *RestFailure) Error() string {
	head := fmt.Sprintf("%d tensors have no name in the target", len(e.Left))
	return head + lines(e.Left, func(d Dropped) string { return serialize.Quote(d.Name) + ": " + d.Reason })
}

// Convert renames tensors. The result shares them with the source, in its order.
func Convert(state []Tensor, o Options) ([]Tensor, *Report, error) {
	r := &Report{Renamed: []Move{}, Same: []string{}, Dropped: []Dropped{}, Added: []Dropped{}, Unknown: []string{}, Notes: []string{}}
	kept, err := r.drop(state, o)
	if err != nil {
		return nil, nil, err
	}
	names, candidates, err := o.renamed(kept)
	if err != nil {
		return nil, nil, err
	}
	p := &plan{o: o, r: r}
	if o.To != nil {
		if err := p.schemes(candidates); err != nil {
			return nil, nil, err
		}
	}
	var out []Tensor
	for i, t := range kept {
		for _, name := range p.target(t.Name, names[i]) {
			out = append(out, Tensor{name, t.Tensor})
			r.move(t.Name, o.Prefix+name)
		}
	}
	if len(p.left) > 0 {
		return nil, nil, &RestFailure{p.left}
	}
	if err := r.collisions(); err != nil {
		return nil, nil, err
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("none of the %d tensors is left", len(state))
	}
	if o.Fill && o.To != nil {
		if out, err = fill(out, o.To, r); err != nil {
			return nil, nil, err
		}
	}
	for i := range out {
		out[i].Name = o.Prefix + out[i].Name
	}
	return out, r, nil
}

// drop removes what the patterns match.
func (r *Report) drop(state []Tensor, o Options) (kept []Tensor, err error) {
	used := make([]bool, len(o.Drop))
next:
	for _, t := range state {
		for i, pattern := range o.Drop {
			ok, err := path.Match(pattern, t.Name)
			if err != nil {
				return nil, fmt.Errorf("the pattern %q: %w", pattern, err)
			}
			if ok {
				used[i] = true
				r.Dropped = append(r.Dropped, Dropped{t.Name, "matches " + pattern})
				continue next
			}
		}
		kept = append(kept, t)
	}
	for i, u := range used {
		if !u {
			r.note("the pattern %q matches no name", o.Drop[i])
		}
	}
	return kept, nil
}

// Below says below which prefix the names are, for a message: "" if there is none.
func (r *Report) Below() string {
	if r.Prefix == "" {
		return ""
	}
	return fmt.Sprintf(" below %q", r.Prefix)
}

// moves returns all tensors that go along.
func (r *Report) moves() []Move {
	var moves []Move
	for _, n := range r.Same {
		moves = append(moves, Move{n, n})
	}
	return append(moves, r.Renamed...)
}

// sources maps names in the target to names in the file.
func (r *Report) sources() map[string]string {
	by := map[string]string{}
	for _, m := range r.moves() {
		by[m.To] = m.From
	}
	return by
}

// collisions reports names that several tensors would get.
func (r *Report) collisions() error {
	by := map[string]string{}
	for _, m := range r.moves() {
		if other, ok := by[m.To]; ok {
			return fmt.Errorf("%q and %q would both be named %q", other, m.From, m.To)
		}
		by[m.To] = m.From
	}
	return nil
}

// move records a converted tensor.
func (r *Report) move(from, to string) {
	if from == to {
		r.Same = append(r.Same, to)
	} else {
		r.Renamed = append(r.Renamed, Move{from, to})
	}
}
