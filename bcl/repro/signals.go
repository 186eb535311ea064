package repro

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/signal"
)

// SignalRow is how well a signal finds the tail after an epoch, over the runs of
// [SignalTable.Method] in a part.
type SignalRow struct {
	Part   string      `json:"part"`
	Signal signal.Name `json:"signal"`
	// Average is how the epochs are averaged: Momentum, as the memory does, or Recent, the
	// mean of the last epochs.
	Average string `json:"average"`
	Epoch   int    `json:"epoch"`
	// FirstEpoch is the weight of the first epoch in the average.
	FirstEpoch float64 `json:"first_epoch_share"`

	Few   Stat `json:"few_auc"`
	Size  Stat `json:"size_auc"`
	Macro Stat `json:"macro_auc"`
	// Splits are the statistics of the means of each split over its seeds.
	SplitFew   Stat `json:"few_auc_splits"`
	SplitMacro Stat `json:"macro_auc_splits"`
	// Runs are by the names of the units.
	Runs map[string]score.Tail `json:"runs"`
}

// The averages.
const (
	Momentum = "momentum"
	Recent   = "recent"
)

// SignalEffect is what the size of a class does to the mean of a signal over its samples, over
// the last epochs before one. Orders of classes are the splits of a part.
type SignalEffect struct {
	Part   string      `json:"part"`
	Signal signal.Name `json:"signal"`
	Epoch  int         `json:"epoch"`
	score.Effect
}

// beta and recent are the averages, with their defaults.
func (t *SignalTable) beta() float64 { return cmp.Or(t.Beta, 0.97) }
func (t *SignalTable) recent() int   { return cmp.Or(t.Recent, 10) }

// signalRun is one run of the table of signals.
type signalRun struct {
	unit   *Unit
	labels []int
	names  []string // of the classes
	counts []int
	groups score.Groups
}

// signals fills the tables of signals in. What cannot be measured is in the notes.
func (p *Plan) signals(t *Table) error {
	if p.Preset.Signals == nil {
		return nil
	}
	for i := range p.Preset.Parts {
		part := &p.Preset.Parts[i]
		var runs []*signalRun
		for _, u := range p.Units {
			if u.Part != part || u.Method.Name != p.Preset.Signals.Method ||
				!slices.ContainsFunc(t.Runs, func(r *Run) bool { return r.Index == u.Index }) {
				continue
			}
			r, err := p.signalRun(u)
			if err != nil {
				t.Notes = append(t.Notes, fmt.Sprintf("No signals of %s: %v", u.Name(), err))
				continue
			}
			runs = append(runs, r)
		}
		for _, s := range signal.Recorded() {
			if err := p.signal(t, part, s, runs); err != nil {
				return err
			}
		}
	}
	return nil
}

// signalRun reads the classes of a run's samples.
func (p *Plan) signalRun(u *Unit) (*signalRun, error) {
	samples, err := run.ReadSamples(p.Run(u))
	if err != nil {
		return nil, err
	}
	r := &signalRun{unit: u, labels: make([]int, len(samples))}
	for _, s := range samples {
		if s.Class == "" {
			return nil, fmt.Errorf("image %s has no class", s.Name)
		}
		r.names = append(r.names, s.Class)
	}
	slices.Sort(r.names)
	r.names = slices.Compact(r.names)
	r.counts = make([]int, len(r.names))
	for i, s := range samples {
		r.labels[i], _ = slices.BinarySearch(r.names, s.Class)
		r.counts[r.labels[i]]++
	}
	r.groups, err = score.GroupRule(cmp.Or(u.Eval.Get("groups"), string(score.Thirds))).Groups(r.counts)
	if err == nil && len(r.groups[2]) == 0 {
		err = errors.New("no class is Few")
	}
	return r, err
}

// signal adds the rows and effects of one signal.
func (p *Plan) signal(t *Table, part *Part, s signal.Name, runs []*signalRun) error {
	want, of := p.Preset.Signals, make(map[string]*SignalRow) // by average and epoch
	var keys []string
	means := make(map[int]map[string]*classMeans) // by epoch and split
	for _, r := range runs {
		rows, err := run.Signals(p.Run(r.unit), s)
		if errors.Is(err, fs.ErrNotExist) {
			t.Notes = append(t.Notes, fmt.Sprintf("No signal %s of %s: the run did not record it.", s, r.unit.Name()))
			continue
		}
		if err != nil {
			return err
		}
		known, _ := signal.Lookup(s)
		var momentum []float64
		for e, row := range rows {
			if len(row) != len(r.labels) {
				return fmt.Errorf("%s: %d samples of signal %s, and %d in %s", p.Run(r.unit), len(row), s, len(r.labels), run.SamplesFile)
			}
			momentum = follow(momentum, row, want.beta())
			if !slices.Contains(want.Epochs, e+1) {
				continue
			}
			last := rows[max(0, e+1-want.recent()) : e+1]
			recent := mean(last)
			first, err := score.FirstEpochShare(want.beta(), e+1)
			if err != nil {
				return err
			}
			for _, average := range []struct {
				name   string
				values []float64
				first  float64
			}{{Momentum, momentum, first}, {Recent, recent, firstOf(last, e+1)}} {
				tail, err := score.TailDiscovery(scaled(average.values, float64(known.Tail)), r.labels, r.counts, r.groups)
				if err != nil {
					t.Notes = append(t.Notes, fmt.Sprintf("No signal %s of %s after epoch %d: %v", s, r.unit.Name(), e+1, err))
					continue
				}
				key := fmt.Sprintf("%s %d", average.name, e+1)
				if of[key] == nil {
					of[key] = &SignalRow{Part: part.Name, Signal: s, Average: average.name, Epoch: e + 1, FirstEpoch: average.first, Runs: map[string]score.Tail{}}
					keys = append(keys, key)
				}
				of[key].Runs[r.unit.Name()] = tail
			}
			if means[e+1] == nil {
				means[e+1] = make(map[string]*classMeans)
			}
			c := means[e+1][r.unit.Split.Name]
			if c == nil {
				c = &classMeans{names: r.names, counts: r.counts, sums: make([]float64, len(r.names))}
				means[e+1][r.unit.Split.Name] = c
			}
			c.add(recent, r)
		}
	}
	for _, key := range keys {
		of[key].summarise(part, runs)
		t.Signals = append(t.Signals, *of[key])
	}
	for _, e := range want.Epochs {
		if effect, err := effectOf(part, means[e]); err == nil {
			t.Effects = append(t.Effects, SignalEffect{part.Name, s, e, effect})
		}
	}
	slices.SortStableFunc(t.Signals, func(a, b SignalRow) int {
		return cmp.Or(cmp.Compare(slices.IndexFunc(p.Preset.Parts, named(a.Part)), slices.IndexFunc(p.Preset.Parts, named(b.Part))),
			cmp.Compare(a.Average, b.Average), cmp.Compare(a.Epoch, b.Epoch))
	})
	return nil
}

func named(name string) func(Part) bool { return func(p Part) bool { return p.Name == name } }

// summarise sets the statistics over the runs.
func (r *SignalRow) summarise(part *Part, runs []*signalRun) {
	collect := func(get func(score.Tail) float64) (all, splits Stat) {
		var values, means []float64
		for _, split := range part.Splits {
			var of []float64
			for _, x := range runs {
				if tail, ok := r.Runs[x.unit.Name()]; ok && x.unit.Split.Name == split.Name {
					of = append(of, get(tail))
				}
			}
			if len(of) > 0 {
				values, means = append(values, of...), append(means, stat(of).Mean)
			}
		}
		return stat(values), stat(means)
	}
	r.Few, r.SplitFew = collect(func(t score.Tail) float64 { return t.Few })
	r.Size, _ = collect(func(t score.Tail) float64 { return t.Size })
	r.Macro, r.SplitMacro = collect(func(t score.Tail) float64 { return t.Macro })
}

// classMeans are the means of a signal over the classes of a split, averaged over its seeds.
type classMeans struct {
	names  []string
	counts []int
	sums   []float64
	runs   int
}

func (c *classMeans) add(values []float64, r *signalRun) {
	c.runs++
	for i, v := range values {
		c.sums[r.labels[i]] += v / float64(r.counts[r.labels[i]])
	}
}

// effectOf is the effect of class size over the splits of a part.
func effectOf(part *Part, means map[string]*classMeans) (score.Effect, error) {
	var value [][]float64
	var size [][]int
	var names []string
	for _, split := range part.Splits {
		c := means[split.Name]
		if c == nil {
			continue
		}
		if names != nil && !slices.Equal(names, c.names) {
			return score.Effect{}, errors.New("splits have other classes")
		}
		names = c.names
		value, size = append(value, scaled(c.sums, 1/float64(c.runs))), append(size, c.counts)
	}
	return score.ClassSizeEffect(value, size)
}

// follow is the momentum average after one more epoch; nil before the first.
func follow(m []float64, row []float32, beta float64) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		if m == nil {
			out[i] = float64(v)
		} else {
			out[i] = beta*m[i] + (1-beta)*float64(v)
		}
	}
	return out
}

// mean is the mean of some rows.
func mean(rows [][]float32) []float64 {
	out := make([]float64, len(rows[0]))
	for _, row := range rows {
		for i, v := range row {
			out[i] += float64(v) / float64(len(rows))
		}
	}
	return out
}

// firstOf is the share of the first epoch in the mean of the last ones.
func firstOf(last [][]float32, epochs int) float64 {
	if len(last) < epochs {
		return 0
	}
	return 1 / float64(epochs)
}

func scaled(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * by
	}
	return out
}
