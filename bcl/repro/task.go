package repro

import (
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Task is a call of bcl-eval for a unit: protocols that are evaluated together, so that
// features are computed once and all probes of a call are fitted together.
type Task struct {
	Protocols []protocol.Spec // on one probe set
	Eval      settings.List
}

// Tasks lists the calls of bcl-eval for a unit.
func (u *Unit) Tasks() []Task { return u.tasks(u.Part.Protocols) }

// Missing lists the calls of bcl-eval that a record of the unit lacks.
func (u *Unit) Missing(r *Record) []Task {
	return u.tasks(slices.DeleteFunc(slices.Clone(u.Part.Protocols), func(s protocol.Spec) bool {
		return slices.ContainsFunc(r.Results, func(x Result) bool { return slices.Contains(x.names(), s.Name) })
	}))
}

// linear is the classifier of the table's top-1 and groups: the published linear probe,
// unless by names others than it and kNN; then the first of them.
func linear(eval settings.List) string {
	by := slices.DeleteFunc(strings.Split(eval.Get("by"), ","), func(name string) bool { return name == "" || name == score.KNN })
	if len(by) == 0 || slices.Contains(by, score.Probe) {
		return score.Probe
	}
	return by[0]
}

// tasks lists the calls for some of the protocols. Only the one with the part's first
// protocol has all figures; the others need only the linear classifier.
func (u *Unit) tasks(protocols []protocol.Spec) []Task {
	var tasks []Task
	for _, s := range protocols {
		i := slices.IndexFunc(tasks, func(t Task) bool { return t.Protocols[0].Probe == s.Probe })
		if i < 0 {
			i, tasks = len(tasks), append(tasks, Task{Eval: u.Eval})
			if s.Name != u.Part.Protocols[0].Name {
				tasks[i].Eval = u.Eval.With("by", linear(u.Eval))
			}
		}
		tasks[i].Protocols = append(tasks[i].Protocols, s)
	}
	return tasks
}

// Name joins the names of the protocols.
func (t Task) Name() string { return strings.Join(namesOf(t.Protocols), ",") }

// InSplits returns a protocol with the paths of its lists.
func (p *Plan) InSplits(s protocol.Spec) protocol.Spec { return s.In(p.list) }
