package bcltrain

import (
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
)

// optional is an observer that a run can do without: when it fails, that is said once, and
// training goes on without it.
type optional struct {
	what string
	session.Observer
	failed bool
}

func (o *optional) Observe(s *session.Session, e session.Event) error {
	if o.failed {
		return nil
	}
	err := o.Observer.Observe(s, e)
	if err == nil {
		return nil
	}
	o.failed = true
	return s.Say("warning: %s: %v; training goes on without it", o.what, err)
}

// observers are those that a run can do without: pages and logs for other programs.
func (o *options) observers(ds dataset.Dataset, page *live) (list []session.Observer) {
	add := func(what string, observer session.Observer) {
		list = append(list, &optional{what: what, Observer: observer})
	}
	if o.report || page != nil {
		r := &reporter{classes: ds.Classes(), file: o.report}
		if page != nil {
			r.show = page.show
		}
		add(run.ReportFile, r)
	}
	if o.tensorboard {
		add("TensorBoard's event file", &tensorboard{images: ds})
	}
	if o.tracker != nil {
		add("MLflow", o.tracker)
	}
	return list
}
