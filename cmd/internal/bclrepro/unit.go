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

// do completes a unit: it trains and evaluates what is still missing. fresh reports
// whether there was anything to do; errors then end with the last lines of the log.
func (o *options) do(ctx context.Context, u *repro.Unit, d device) (fresh bool, err error) {
	p := o.plan
	if err := os.MkdirAll(p.Folder(u), 0o755); err != nil {
		return false, err
	}
	log, err := openLog(p.Log(u))
	if err != nil {
		return false, err
	}
	defer log.Close()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return false, err
	}
	fresh, err = o.advance(ctx, u, d, log)
	if err != nil && fresh {
		if last := lastLines(log, from, 5); last != "" {
			err = fmt.Errorf("%w\n\t%s\n\t(full log: %s)", err, strings.ReplaceAll(last, "\n", "\n\t"), p.Log(u))
		}
	}
	return fresh, err
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
		return false, fmt.Errorf("%s holds something else, which is not touched:\n\t%s", p.Run(u), strings.Join(s.Why, "\n\t"))
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

// evaluateAll makes the evaluations that are missing in the record, and writes it after
// each.
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
