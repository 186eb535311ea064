package ckpt

import (
	"fmt"
	"slices"
)

// BackboneOptions are the options of [BackboneOf].
type BackboneOptions struct {
	From   *Scheme      // nil: detected
	Strip  string       // as in [Options]
	Map    []KeyMapping // as in [Options]
	Branch Branch       // of a network with two; Single is Full
	// PruneShare is the share of the convolutions' weights that the pruned branch
	// lacks, those of least magnitude; 0.9 in the published runs. Masks, if the file
	// has them, say it instead.
	PruneShare float64
	Masks      map[string]Tensor // by names of the file
	// Unlike is what the file says of the network that no plain ResNet has
	// ([File.Unlike]): a reason to refuse it; "" if there is none.
	Unlike string
}

// Extracted is the backbone of a network.
type Extracted struct {
	Arch      Arch
	Tensors   []Tensor // under torchvision's names
	Normalize []Tensor // mean and std; nil if the network does not normalise its input
	Report    *Report
	Zeros     int // weights that pruning set to zero
}

// BackboneOf takes the backbone out of a state dict and checks that it is whole: the
// error is a *[Misfit] if tensors are missing, have wrong shapes, or belong to the
// backbone and not to a ResNet.
func BackboneOf(state []Tensor, o BackboneOptions) (*Extracted, error) {
	if o.Unlike != "" {
		return nil, fmt.Errorf("the file, or config.json beside it, says that %s: its tensors have the names and shapes of a plain ResNet's, but it computes other features", o.Unlike)
	}
	convert := Options{From: o.From, Strip: o.Strip, Map: o.Map, To: single, Only: []Component{Backbone, Normalize}, Rest: RestDrop}
	from := o.From
	if from == nil {
		_, names, err := convert.renamed(state)
		if err != nil {
			return nil, err
		}
		d, err := Detect(names)
		if err != nil {
			return nil, err
		}
		from = d.Scheme
	}
	branch := o.Branch
	if from.Dual && branch == Single {
		branch = Full
	}
	convert.Branch = branch
	tensors, report, err := Convert(state, convert)
	if err != nil {
		return nil, err
	}
	// Notes between the two schemes do not concern the caller.
	report.To, report.Notes = "", []string{}
	report.noteOf(from)
	e := &Extracted{Report: report}
	for _, t := range tensors {
		if n, _ := single.Parse(t.Name); n.Component == Normalize {
			e.Normalize = append(e.Normalize, Tensor{n.Path, t.Tensor})
		} else {
			e.Tensors = append(e.Tensors, t)
		}
	}
	if e.Arch, err = ArchOf(e.Tensors); err != nil {
		return nil, err
	}
	if err := e.fit(from, branch); err != nil {
		return nil, err
	}
	if branch == Pruned {
		if err := e.prune(o); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// fit checks the tensors. The lists of a misfit have the file's names.
func (e *Extracted) fit(from *Scheme, branch Branch) error {
	err := Fit(e.Tensors, e.Arch.Specs(), e.Arch.String())
	m, ok := err.(*Misfit)
	if !ok {
		if err == nil && len(e.Report.foreign) > 0 {
			err = &Misfit{Network: e.Arch.String(), Unexpected: e.Report.foreign,
				Note: "They are parts of its layers that a plain ResNet lacks (attention, biases, another stem): with them it computes other features."}
		}
		return err
	}
	for i, path := range m.Missing {
		n := Name{Component: Backbone, Path: path}
		if from.Dual && n.isNorm() {
			n.Branch = branch
		}
		if name, ok := from.Format(n); ok {
			m.Missing[i] = e.Report.Prefix + name
		}
	}
	m.Unexpected = append(m.Unexpected, e.Report.Unknown...)
	return m
}

// Rename gives the backbone the names of a scheme. The normalisation is included if the
// scheme has a name for it.
func (e *Extracted) Rename(to *Scheme) ([]Tensor, error) {
	all := slices.Clone(e.Tensors)
	for _, t := range e.Normalize {
		if _, ok := to.Format(Name{Component: Normalize, Path: t.Name}); ok {
			all = append(all, Tensor{"normalize." + t.Name, t.Tensor})
		}
	}
	out, _, err := Convert(all, Options{From: single, To: to})
	if err != nil {
		return nil, fmt.Errorf("to %s: %w", to.Name, err)
	}
	return out, nil
}

// Account adds to the report what the tensors of the file became under the names of a
// scheme; out is the result of Rename.
func (e *Extracted) Account(to *Scheme, out []Tensor) {
	r := e.Report
	source, used := r.sources(), map[string]bool{}
	r.To, r.Renamed, r.Same = to.Name, []Move{}, []string{}
	for _, t := range out {
		n, _ := to.Parse(t.Name)
		path := n.Path
		if n.Component == Normalize {
			path = "normalize." + path
		}
		from := source[path]
		used[from] = true
		r.move(from, t.Name)
	}
	for _, t := range e.Normalize {
		if from := source["normalize."+t.Name]; !used[from] {
			r.Dropped = append(r.Dropped, Dropped{from, to.Name + " has no " + string(Normalize)})
		}
	}
	if to.Name != r.From {
		r.noteOf(to)
	}
}
