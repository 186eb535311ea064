package repro

import (
	"fmt"
	"slices"
	"strings"
)

// Task is a call of bcl-eval that a unit needs: protocols that are evaluated together,
// as features are computed once then, and all probes of a call are fitted at once.
type Task struct {
	Protocols []Protocol
	Eval      Settings
}

// Tasks lists the calls of bcl-eval for a unit. Only the first, which has the first
// protocol, gives all figures; of the others the linear probe is asked for alone.
func (u *Unit) Tasks() []Task {
	var calls [][]Protocol
	for _, q := range u.Part.Protocols {
		i := slices.IndexFunc(calls, func(call []Protocol) bool { return together(call, q) })
		if i < 0 {
			i, calls = len(calls), append(calls, nil)
		}
		calls[i] = append(calls[i], q)
	}
	var tasks []Task
	for i, call := range calls {
		t := Task{call, u.Eval}
		if i > 0 {
			t.Eval = t.Eval.With("by", "probe")
		}
		if words := t.rows(); len(words) > 1 || words[0] != full {
			t.Eval = t.Eval.With("shots", strings.Join(words, ","))
		}
		tasks = append(tasks, t)
	}
	return tasks
}

// together reports whether one call of bcl-eval can evaluate q with others. It takes
// one probe set, and what it fits on once everything, and once for a number of shots.
// Where everything is a list, it would draw from that; a protocol here draws from the
// whole probe set.
func together(call []Protocol, q Protocol) bool {
	for _, c := range call {
		if c.Probe != q.Probe || c.Shots == q.Shots || c.draws() && q.narrows() || q.draws() && c.narrows() {
			return false
		}
	}
	return true
}

// draws reports whether bcl-eval draws the subsets of q.
func (q *Protocol) draws() bool { return q.Shots > 0 && len(q.Lists) == 0 }

// narrows reports whether q fits on lists, and not on so many images a class.
func (q *Protocol) narrows() bool { return q.Shots == 0 && len(q.Lists) > 0 }

// full is what bcl-eval calls the protocol of everything.
const full = "full"

// row is what bcl-eval calls q in --shots.
func (q *Protocol) row() string {
	if q.Shots == 0 {
		return full
	}
	return fmt.Sprint(q.Shots)
}

// rows lists what bcl-eval calls the protocols.
func (t Task) rows() []string {
	var rows []string
	for _, q := range t.Protocols {
		rows = append(rows, q.row())
	}
	return rows
}

// Name is the names of the protocols.
func (t Task) Name() string {
	var names []string
	for _, q := range t.Protocols {
		names = append(names, q.Name)
	}
	return strings.Join(names, ",")
}

// of returns the name of the protocol that a row of bcl-eval's results is of; "" if
// it is none of the task's.
func (t Task) of(row string) string {
	for _, q := range t.Protocols {
		if len(t.Protocols) == 1 || q.row() == strings.TrimSuffix(row, "-shot") {
			return q.Name
		}
	}
	return ""
}

// ProbeLists are the files for --probe-list.
func (p *Plan) ProbeLists(t Task) []string { return p.inSplits(t.probeLists()) }

// ShotLists are the files for --shot-lists.
func (p *Plan) ShotLists(t Task) []string { return p.inSplits(t.shotLists()) }

func (t Task) probeLists() []string {
	var names []string
	if probe := t.Protocols[0].Probe; probe != "" {
		names = []string{probe}
	}
	for _, q := range t.Protocols {
		if q.narrows() {
			names = append(names, q.Lists...)
		}
	}
	return names
}

func (t Task) shotLists() []string {
	var names []string
	for _, q := range t.Protocols {
		if q.Shots > 0 {
			names = append(names, q.Lists...)
		}
	}
	return names
}

func (p *Plan) inSplits(names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = p.list(name)
	}
	return paths
}
