package bclrepro

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/repro"
)

// failure is a unit that did not come to its end.
type failure struct {
	unit *repro.Unit
	err  error
	log  string // its last lines
}

// do brings a unit to its end: it trains what is not trained and evaluates what is
// not evaluated. fresh says whether there was anything to do.
func (o *options) do(ctx context.Context, u *repro.Unit, d device) (fresh bool, f *failure) {
	p := o.plan
	if err := os.MkdirAll(p.Folder(u), 0o755); err != nil {
		return false, &failure{unit: u, err: err}
	}
	log, err := openLog(p.Log(u))
	if err != nil {
		return false, &failure{unit: u, err: err}
	}
	defer log.Close()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return false, &failure{unit: u, err: err}
	}
	if fresh, err = o.advance(ctx, u, d, log); err != nil {
		f = &failure{unit: u, err: err}
		if fresh {
			f.log = lastLines(log, from, 5)
		}
		return fresh, f
	}
	return fresh, nil
}

func (o *options) advance(ctx context.Context, u *repro.Unit, d device, log *os.File) (fresh bool, err error) {
	p := o.plan
	s, err := p.State(u)
	if err != nil {
		return false, err
	}
	switch s.Status {
	case repro.Done:
		return false, nil
	case repro.Conflict:
		return false, fmt.Errorf("%s holds something else, which is left alone:\n\t%s", p.Run(u), strings.Join(s.Why, "\n\t"))
	case repro.ToDo, repro.CutOff:
		if err := o.train(u, s, d).run(ctx, log, log); err != nil {
			return true, err
		}
		if s, err = p.State(u); err != nil {
			return true, err
		}
		if s.Status != repro.Trained {
			return true, fmt.Errorf("after training, %s is not complete: %v", p.Run(u), s)
		}
	}
	return true, o.evaluateAll(ctx, u, s.Record, d, log)
}

// evaluateAll makes the evaluations that the record lacks, and writes it after each.
func (o *options) evaluateAll(ctx context.Context, u *repro.Unit, r *repro.Record, d device, log *os.File) error {
	for _, t := range u.Missing(r) {
		if err := ctx.Err(); err != nil {
			return err
		}
		var out bytes.Buffer
		start := time.Now()
		if err := o.evaluate(u, t, d).run(ctx, &out, log); err != nil {
			return err
		}
		if err := o.plan.Add(r, t, out.Bytes(), time.Since(start)); err != nil {
			return err
		}
		if err := r.Write(o.plan.RecordPath(u)); err != nil {
			return err
		}
	}
	return nil
}
