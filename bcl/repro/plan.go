package repro

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Unit is one run of a plan: it is trained once and evaluated by every protocol.
type Unit struct {
	Index  int // in the plan
	Part   *Part
	Split  *Split
	Method *Method
	Seed   uint64
	Train  settings.List // method and seed included
	Eval   settings.List
}

// ID is the name of the unit's run in the folder of its split.
func (u *Unit) ID() string { return fmt.Sprintf("%s-%d", u.Method.Name, u.Seed) }

// Name is unique in the plan.
func (u *Unit) Name() string { return u.Part.Name + "/" + u.Split.Name + "/" + u.ID() }

// Select filters the units of a plan. Empty lists select everything.
type Select struct {
	Only    []string // PART or PART/SPLIT
	Methods []string // names
	Seeds   []uint64 // any, also ones that the preset does not have
}

// Plan is the units of an experiment, and their folders.
type Plan struct {
	Preset *Preset
	Units  []*Unit
	Out    string            // folder of the results
	Data   map[string]string // KEY of a part's data to its folder
	Splits string            // folder of the published lists, or the authors' folder split
}

// NewPlan returns the units of a preset in the order in which they run: for each split,
// all methods with the first seed, then with the next, so that methods can be compared
// early.
func NewPlan(p *Preset, s Select) (*Plan, error) {
	plan := &Plan{Preset: p}
	seeds := p.Seeds
	if len(s.Seeds) > 0 {
		seeds = s.Seeds
	}
	used := make(map[string]bool)
	for i := range p.Parts {
		part := &p.Parts[i]
		for j := range part.Splits {
			split := &part.Splits[j]
			if !chosen(s.Only, used, part.Name, part.Name+"/"+split.Name) {
				continue
			}
			for _, seed := range seeds {
				for k := range p.Methods {
					m := &p.Methods[k]
					if !chosen(s.Methods, used, m.Name) {
						continue
					}
					plan.Units = append(plan.Units, p.unit(len(plan.Units), part, split, m, seed))
				}
			}
		}
	}
	for _, list := range []struct {
		what         string
		names, known []string
	}{{"part", s.Only, p.partNames()}, {"method", s.Methods, p.methodNames()}} {
		for _, name := range list.names {
			if !used[name] {
				return nil, fmt.Errorf("preset %s has no %s %q; it has %s", p.Name, list.what, name, strings.Join(list.known, ", "))
			}
		}
	}
	return plan, nil
}

// chosen reports whether one of some names is selected, and marks it used.
func chosen(asked []string, used map[string]bool, names ...string) bool {
	found := len(asked) == 0
	for _, name := range names {
		if slices.Contains(asked, name) {
			used[name] = true
			found = true
		}
	}
	return found
}

func (p *Preset) unit(index int, part *Part, split *Split, m *Method, seed uint64) *Unit {
	return &Unit{
		Index: index, Part: part, Split: split, Method: m, Seed: seed,
		Train: settings.Layers(p.Train, part.Train, m.Train).With("method", m.Method).With("seed", fmt.Sprint(seed)),
		Eval:  settings.Layers(p.Eval, part.Eval),
	}
}

func (p *Preset) partNames() []string {
	var names []string
	for _, part := range p.Parts {
		names = append(names, part.Name)
		for _, s := range part.Splits {
			if len(part.Splits) > 1 {
				names = append(names, part.Name+"/"+s.Name)
			}
		}
	}
	return names
}

func (p *Preset) methodNames() []string {
	var names []string
	for _, m := range p.Methods {
		names = append(names, m.Name)
	}
	return names
}

// DataKeys lists the data sets that the units need a folder for.
func (p *Plan) DataKeys() []string {
	var keys []string
	for _, u := range p.Units {
		if k := u.Part.Data; k != dataset.Embedded {
			keys = with(keys, k)
		}
	}
	return keys
}

// Lists lists the published lists that the units need.
func (p *Plan) Lists() []string {
	var lists []string
	for _, u := range p.Units {
		names := []string{u.Split.List, u.Part.Test, u.Part.Validation}
		for _, q := range u.Part.Protocols {
			names = append(names, q.Files()...)
		}
		for _, name := range names {
			if name != "" {
				lists = with(lists, name)
			}
		}
	}
	return lists
}

// list is the path of a published list.
func (p *Plan) list(name string) string { return protocol.Find(p.Splits, name) }

// Place is the path of a unit's images, for --data.
func (p *Plan) Place(u *Unit) string {
	switch {
	case u.Part.Data != dataset.Embedded:
		return p.Data[u.Part.Data]
	case u.Split.Order != "":
		return dataset.Embedded + ":" + string(u.Split.Order)
	}
	return dataset.Embedded
}

// Folder is the folder of the runs of a unit's split.
func (p *Plan) Folder(u *Unit) string { return filepath.Join(p.Out, u.Part.Name, u.Split.Name) }

// Run is the run directory of a unit.
func (p *Plan) Run(u *Unit) string { return filepath.Join(p.Folder(u), u.ID()) }

// Log is the file of the output of a unit's commands.
func (p *Plan) Log(u *Unit) string { return p.Run(u) + ".log" }

// RecordPath is the file of a unit's [Record].
func (p *Plan) RecordPath(u *Unit) string { return p.Run(u) + ".eval.json" }
