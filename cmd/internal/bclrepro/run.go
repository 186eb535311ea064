package bclrepro

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bcl-go/bcl/bcl/repro"
)

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	switch {
	case o.slurm:
		return o.writeSlurm(stdout)
	case o.kubernetes:
		return o.writeKubernetes(stdout)
	case o.dryRun:
		return o.print(stdout)
	case o.table:
		return o.writeTable(stdout, stderr)
	}
	units := o.plan.Units
	if o.unit >= 0 {
		units = units[o.unit : o.unit+1]
	}
	if err := o.plan.Prepare(ctx, units); err != nil {
		return err
	}
	failures := o.runAll(ctx, units, stderr)
	if err := ctx.Err(); err != nil {
		fmt.Fprintf(stderr, "%s: stopped; the same command resumes\n", name)
		return err
	}
	if o.unit < 0 {
		if err := o.writeTable(stdout, stderr); err != nil {
			return err
		}
	}
	if len(failures) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d units failed:\n%v", len(failures), len(units), errors.Join(failures...))
}

// runAll does units in order, as many at a time as there are jobs, waits for all, and
// returns the errors of those that failed.
func (o *options) runAll(ctx context.Context, units []*repro.Unit, stderr io.Writer) (failures []error) {
	view := newProgress(o, units, stderr)
	var next atomic.Int64
	var mu sync.Mutex
	var jobs sync.WaitGroup
	for i := range o.jobs {
		jobs.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(units) {
					return
				}
				u, start := units[k], time.Now()
				view.begin(u)
				fresh, err := o.do(ctx, u, o.pool[i%len(o.pool)])
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					mu.Lock()
					failures = append(failures, fmt.Errorf("%s (unit %d): %w", u.Name(), u.Index, err))
					mu.Unlock()
				}
				view.end(u, fresh, err, time.Since(start))
			}
		})
	}
	jobs.Wait()
	view.close()
	return failures
}

// writeTable prints the table and writes it to the folder of the results.
func (o *options) writeTable(stdout, stderr io.Writer) error {
	t, err := o.plan.Collect()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.plan.Out, 0o755); err != nil {
		return err
	}
	if err := t.Write(o.plan.Out); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "wrote table.md, table.csv, runs.csv and table.json in %s\n", o.plan.Out)
	return t.WriteMarkdown(stdout)
}

// print writes the plan.
func (o *options) print(w io.Writer) error {
	done := 0
	for _, u := range o.plan.Units {
		s, err := o.plan.State(u)
		if err != nil {
			return fmt.Errorf("%s: %w", u.Name(), err)
		}
		fmt.Fprintf(w, "%d %s: %v\n", u.Index, u.Name(), s)
		d := o.pool[u.Index%len(o.pool)]
		switch s.Status {
		case repro.Done:
			done++
			continue
		case repro.Conflict:
			continue
		case repro.ToDo, repro.CutOff:
			fmt.Fprintf(w, "    %v\n", o.train(u, s, d))
		}
		tasks := u.Tasks()
		if s.Record != nil {
			tasks = u.Missing(s.Record)
		}
		for _, t := range tasks {
			fmt.Fprintf(w, "    %v\n", o.evaluate(u, t, d))
		}
	}
	_, err := fmt.Fprintf(w, "%d units, %d done; results in %s\n", len(o.plan.Units), done, o.plan.Out)
	return err
}
