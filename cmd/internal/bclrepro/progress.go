package bclrepro

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// progress shows how many units are done: a line at the end of each, and epochs in
// between.
type progress struct {
	o      *options
	stderr io.Writer
	units  []*repro.Unit

	mu       sync.Mutex
	bar      *cli.Progress
	underWay map[*repro.Unit]bool
	ended    map[*repro.Unit]bool
	took     map[*repro.Part][]time.Duration // of units that this call did in full
	stop     chan struct{}
	stopped  sync.WaitGroup
}

func newProgress(o *options, units []*repro.Unit, stderr io.Writer) *progress {
	p := &progress{o: o, stderr: stderr, units: units, underWay: make(map[*repro.Unit]bool), ended: make(map[*repro.Unit]bool),
		took: make(map[*repro.Part][]time.Duration), stop: make(chan struct{})}
	total := 0
	for _, u := range units {
		total += epochsOf(u)
	}
	p.bar = cli.NewProgress(stderr, "epochs", total)
	every := time.Minute
	if cli.IsTerminal(stderr) {
		every = 2 * time.Second
	}
	p.stopped.Go(func() {
		for tick := time.NewTicker(every); ; {
			select {
			case <-tick.C:
				p.show()
			case <-p.stop:
				tick.Stop()
				return
			}
		}
	})
	return p
}

// epochsOf is the number of epochs that a unit trains; 1 if the preset leaves it to
// bcl-train.
func epochsOf(u *repro.Unit) int {
	n, err := strconv.Atoi(u.Train.Get("epochs"))
	if err != nil {
		return 1
	}
	return n
}

// show draws the bar, or writes a line.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := 0
	for _, u := range p.units {
		switch {
		case p.ended[u]:
			done += epochsOf(u)
		case p.underWay[u]:
			done += min(p.o.plan.Epochs(u), epochsOf(u))
		}
	}
	p.bar.Set(done, fmt.Sprintf("(%d of %d units%s)", len(p.ended), len(p.units), p.left()))
}

func (p *progress) begin(u *repro.Unit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay[u] = true
}

// end reports the end of a unit.
func (p *progress) end(u *repro.Unit, fresh bool, err error, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.underWay, u)
	p.ended[u] = true
	how := "done before"
	switch {
	case err != nil:
		how = "FAILED"
	case fresh:
		how = "done in " + d.Round(time.Second).String()
		p.took[u.Part] = append(p.took[u.Part], d)
	}
	p.bar.Clear()
	fmt.Fprintf(p.stderr, "%d of %d units: %s %s%s\n", len(p.ended), len(p.units), u.Name(), how, p.left())
}

// left estimates the time for the remaining units, from those of the same part that this
// call did, or of any part.
func (p *progress) left() string {
	mean := func(list []time.Duration) time.Duration {
		var sum time.Duration
		for _, d := range list {
			sum += d
		}
		return sum / time.Duration(len(list))
	}
	all := slices.Concat(slices.Collect(maps.Values(p.took))...)
	if len(all) == 0 || len(p.ended) == len(p.units) {
		return ""
	}
	var sum time.Duration
	for _, u := range p.units {
		if p.ended[u] {
			continue
		}
		list := p.took[u.Part]
		if len(list) == 0 {
			list = all
		}
		rest := 1.0
		if p.underWay[u] {
			rest -= float64(min(p.o.plan.Epochs(u), epochsOf(u))) / float64(epochsOf(u))
		}
		sum += time.Duration(rest * float64(mean(list)))
	}
	jobs := min(p.o.jobs, len(p.units)-len(p.ended))
	sum /= time.Duration(jobs)
	unit := time.Second
	if sum > 10*time.Minute {
		unit = time.Minute
	}
	return fmt.Sprintf(", about %v left", sum.Round(unit))
}

func (p *progress) close() {
	close(p.stop)
	p.stopped.Wait()
	p.bar.Clear()
}
