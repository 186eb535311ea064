package bcltrain

import (
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
)

// pageShare is the most of the time that pages of a run may take while it trains.
const pageShare = 0.01

// reporter writes report.html beside the training: after an epoch, on a goroutine of its
// own, and not before a hundred times what the page took has passed.
type reporter struct {
	classes []string     // of the images
	file    bool         // report.html is written
	show    func([]byte) // takes the live page; nil: none is made

	page *report.Run
	busy sync.Mutex // held while a page is written, for all below
	took time.Duration
	next time.Time
	err  error // of the last page
}

func (r *reporter) Observe(s *session.Session, e session.Event) error {
	switch e := e.(type) {
	case session.EpochBegin, session.Epoch, session.Evaluation:
		if _, begin := e.(session.EpochBegin); begin && r.show == nil { // a live page is there at once
			return nil
		}
		if !r.busy.TryLock() {
			return nil
		}
		if r.err != nil || time.Now().Before(r.next) {
			defer r.busy.Unlock()
			return r.err
		}
		go func() {
			defer r.busy.Unlock()
			r.err = r.write(s.Dir)
		}()
	case session.End:
		r.busy.Lock()
		defer r.busy.Unlock()
		// A process that is to end may have little time.
		if r.err == nil && (e.Err == nil || r.took < 200*time.Millisecond) {
			r.err = r.write(s.Dir)
		}
		return r.err
	}
	return nil
}

// write writes the page of the run's folder as it is now.
func (r *reporter) write(dir string) (err error) {
	start := time.Now()
	if r.page == nil {
		r.page, err = report.Read(dir, r.classes)
	} else {
		r.page.Update()
	}
	if err == nil && r.file {
		err = report.WriteFile(run.File(dir, run.ReportFile), r.page)
	}
	if err == nil && r.show != nil {
		var page []byte
		if page, err = report.Page(r.page); err == nil {
			r.show(page)
		}
	}
	r.took = time.Since(start)
	r.next = time.Now().Add(time.Duration(float64(r.took) / pageShare))
	return err
}
