package ckpt

import (
	"fmt"
	"path"
	"strings"
)

// Rest says what becomes of tensors that the target has no name for.
type Rest string

// What becomes of them.
const (
	RestError Rest = "error" // Convert fails and lists them
	RestDrop  Rest = "drop"  // they are left out, and listed
	RestKeep  Rest = "keep"  // they go along under their own names, and are listed
)

// Options of [Convert].
type Options struct {
	From, To *Scheme      // nil: names stay; From nil: detected
	Map      []KeyMapping // applied first
	Strip    string       // prefix taken off every name before all else
	Prefix   string       // prefix put before every name in the end
	Branch   Branch       // from two branches to one: which
	Drop     []string     // patterns (package path's) of source names to leave out
	Only     []Component  // leave out all other components; nil: none
	Rest     Rest         // "" is RestError
	Fill     bool         // add what To's network has, the source's lacks, and whose value follows
}

// Move is a tensor that goes along.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Dropped is a tensor that does not go along, or was added, and the reason.
type Dropped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Report accounts for every tensor of the source.
type Report struct {
	From    string    `json:"from,omitempty"` // the scheme
	To      string    `json:"to,omitempty"`
	Prefix  string    `json:"unwrapped,omitempty"` // what was taken off all names
	Renamed []Move    `json:"renamed"`
	Same    []string  `json:"unchanged"`
	Dropped []Dropped `json:"dropped"`
	Added   []Dropped `json:"added"`   // by Fill, and why
	Unknown []string  `json:"unknown"` // no scheme knows them: kept or dropped as Rest says
	Notes   []string  `json:"notes"`
}

// RestFailure is why [Convert] fails: tensors that the target has no name for.
type RestFailure struct{ Left []Dropped }

func (e *RestFailure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d tensors have no name in the target", len(e.Left))
	for i, d := range e.Left {
		if i == 20 {
			fmt.Fprintf(&b, "\n  and %d more", len(e.Left)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", d.Name, d.Reason)
	}
	return b.String()
}

// Convert renames tensors. The result shares them with the source, in its order.
func Convert(state []Tensor, o Options) ([]Tensor, *Report, error) {
	r := &Report{Renamed: []Move{}, Same: []string{}, Dropped: []Dropped{}, Added: []Dropped{}, Unknown: []string{}, Notes: []string{}}
	kept, err := r.drop(state, o)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, len(kept))
	for i, t := range kept {
		names[i] = applyMap(o.Map, strings.TrimPrefix(t.Name, o.Strip))
	}
	p := &plan{o: o, r: r}
	if o.To != nil {
		if err := p.schemes(names); err != nil {
			return nil, nil, err
		}
	}
	var out []Tensor
	for i, t := range kept {
		for _, name := range p.target(t.Name, names[i]) {
			out = append(out, Tensor{name, t.Tensor})
			if to := o.Prefix + name; to == t.Name {
				r.Same = append(r.Same, to)
			} else {
				r.Renamed = append(r.Renamed, Move{t.Name, to})
			}
		}
	}
	if len(p.left) > 0 {
		return nil, nil, &RestFailure{p.left}
	}
	if err := collisions(append(r.Renamed, same(r.Same)...)); err != nil {
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

// drop takes out what the patterns match.
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
			r.Notes = append(r.Notes, fmt.Sprintf("the pattern %q matches no name", o.Drop[i]))
		}
	}
	return kept, nil
}

// collisions reports names that several tensors would get.
func collisions(moves []Move) error {
	by := map[string]string{}
	for _, m := range moves {
		if other, ok := by[m.To]; ok {
			return fmt.Errorf("%q and %q would both be named %q", other, m.From, m.To)
		}
		by[m.To] = m.From
	}
	return nil
}

func same(names []string) (out []Move) {
	for _, n := range names {
		out = append(out, Move{n, n})
	}
	return out
}
