package ckpt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// plan is a conversion between two schemes.
type plan struct {
	o    Options
	r    *Report
	from *Scheme
	left []Dropped
}

// ErrBranch is why [Convert] fails from two branches to one without Options.Branch.
var ErrBranch = errors.New("choose the full branch (unpruned, the one that is evaluated) or the pruned one")

// schemes chooses the schemes and the renaming between them.
func (p *plan) schemes(names []string) error {
	among := schemes
	if p.o.From != nil {
		among = []*Scheme{p.o.From}
	}
	d, err := detect(names, among)
	p.from, p.r.Prefix = d.Scheme, d.Prefix
	switch {
	case p.o.From != nil && d.Scheme == nil && !errors.As(err, new(*Networks)):
		p.from = p.o.From // its names are those of other networks
	case err != nil:
		return err
	case len(d.Also) > 0 && d.Name != "torchvision": // timm's are torchvision's
		p.r.note("the names fit %s, and also %s: the first is used", d.Name, schemeNames(d.Also))
	}
	p.r.From, p.r.To = p.from.Name, p.o.To.Name
	if p.from.Dual && !p.o.To.Dual && p.o.Branch == Single {
		return fmt.Errorf("%s has two branches, %s one: %w", p.from.Name, p.o.To.Name, ErrBranch)
	}
	if !p.from.Dual && p.o.Branch == Pruned {
		return fmt.Errorf("%s has one branch: there is no pruned one", p.from.Name)
	}
	for _, s := range []*Scheme{p.from, p.o.To} {
		if s != p.from || p.from != p.o.To {
			p.r.noteOf(s)
		}
	}
	if !p.from.Dual && p.o.To.Dual {
		p.r.note("both branches get the same norms")
	}
	return nil
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// noteOf adds the note of a scheme, unless another scheme's says all of it.
func (r *Report) noteOf(s *Scheme) {
	said := func(note string) bool { return strings.Contains(note+";", ": "+s.Note+";") }
	if s.Note != "" && !slices.ContainsFunc(r.Notes, said) {
		r.note("%s: %s", s.Name, s.Note)
	}
}

func schemeNames(s []*Scheme) string {
	var names []string
	for _, s := range s {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

// target returns the names of a tensor in the target: none if it is dropped, two for a
// norm that is copied to both branches. original is its name in the file.
func (p *plan) target(original, name string) []string {
	if p.from == nil {
		return []string{name}
	}
	name, below := strings.CutPrefix(name, p.r.Prefix)
	n, ok := p.from.Parse(name)
	if !ok || !below {
		if below && p.from.within(name) {
			p.r.foreign = append(p.r.foreign, original)
		}
		p.r.Unknown = append(p.r.Unknown, original)
		return p.rest(original, name, "no name of "+p.from.Name)
	}
	if p.o.Only != nil && !slices.Contains(p.o.Only, n.Component) {
		p.r.Dropped = append(p.r.Dropped, Dropped{original, fmt.Sprintf("of the %s", n.Component)})
		return nil
	}
	if n.Component == Head && p.o.To.Head != p.from.Head {
		why := fmt.Sprintf("%s has no projection head", p.o.To.Name)
		if p.o.To.Head != NoHead {
			why = fmt.Sprintf("the head of %s is %s, that of %s is %s", p.from.Name, p.from.Head, p.o.To.Name, p.o.To.Head)
		}
		return p.rest(original, name, why)
	}
	branches := []Branch{n.Branch}
	switch {
	case n.isNorm() && p.from.Dual && !p.o.To.Dual:
		if n.Branch != p.o.Branch {
			p.r.Dropped = append(p.r.Dropped, Dropped{original, fmt.Sprintf("of the %s branch", n.Branch)})
			return nil
		}
		branches = []Branch{Single}
	case n.isNorm() && !p.from.Dual && p.o.To.Dual:
		branches = []Branch{Full, Pruned}
	}
	var out []string
	for _, b := range branches {
		n.Branch = b
		to, ok := p.o.To.Format(n)
		if !ok {
			return p.rest(original, name, fmt.Sprintf("%s has no %s", p.o.To.Name, n.Component))
		}
		out = append(out, to)
	}
	return out
}

// rest handles a tensor that the target has no name for.
func (p *plan) rest(original, name, why string) []string {
	d := Dropped{original, why}
	switch p.o.Rest {
	case RestKeep:
		return []string{name}
	case RestDrop:
		p.r.Dropped = append(p.r.Dropped, d)
	default:
		p.left = append(p.left, d)
	}
	return nil
}
