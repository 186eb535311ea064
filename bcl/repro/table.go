package repro

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

// Table is the results of a plan: for each part, a row for each method.
type Table struct {
	Preset      string    `json:"preset"`
	Description string    `json:"description"`
	Source      string    `json:"published_source,omitempty"`
	Made        string    `json:"made"` // date
	Planned     int       `json:"runs_planned"`
	Done        int       `json:"runs_done"`
	Parts       []Rows    `json:"parts"`
	Notes       []string  `json:"notes"`
	Missing     []Missing `json:"missing"`
	Runs        []*Run    `json:"runs"`

	// Of presets with compare and signals.
	Comparisons []Comparison   `json:"comparisons,omitempty"`
	Signals     []SignalRow    `json:"signals,omitempty"`
	Effects     []SignalEffect `json:"class_size_effects,omitempty"`
}

// Missing is a unit without results in the table.
type Missing struct {
	Unit  string `json:"unit"`
	State string `json:"state"`
}

// Rows are the methods of one part.
type Rows struct {
	Part      string   `json:"part"`
	Protocols []string `json:"protocols"`
	Rows      []Row    `json:"rows"`
}

// Row is a method over splits and seeds.
type Row struct {
	Method    string             `json:"method"`
	Label     string             `json:"label"`
	Planned   int                `json:"runs_planned"`
	Done      int                `json:"runs_done"`
	Figures   map[string]Stat    `json:"figures"`
	Published map[string]float64 `json:"published,omitempty"`
}

// Collect reads the existing results.
func (p *Plan) Collect() (*Table, error) {
	t := &Table{Preset: p.Preset.Name, Description: strings.TrimSpace(p.Preset.Description), Source: strings.TrimSpace(p.Preset.Source),
		Made: time.Now().UTC().Format(time.DateOnly), Planned: len(p.Units), Missing: []Missing{}}
	for _, u := range p.Units {
		s, err := p.State(u)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.Name(), err)
		}
		if s.Status != Done {
			t.Missing = append(t.Missing, Missing{u.Name(), s.String()})
			continue
		}
		r, err := p.collect(u, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.Name(), err)
		}
		t.Runs = append(t.Runs, r)
	}
	t.Done = len(t.Runs)
	p.fill(t)
	t.Notes = p.notes(t)
	return t, errors.Join(p.compare(t), p.signals(t))
}

// fill makes the rows of the runs.
func (p *Plan) fill(t *Table) {
	for _, u := range p.Units {
		part := t.part(u.Part)
		i := slices.IndexFunc(part.Rows, func(r Row) bool { return r.Method == u.Method.Name })
		if i >= 0 {
			part.Rows[i].Planned++
			continue
		}
		part.Rows = append(part.Rows, Row{Method: u.Method.Name, Label: u.Method.Label, Planned: 1,
			Figures: make(map[string]Stat), Published: make(map[string]float64)})
		row := &part.Rows[len(part.Rows)-1]
		for _, protocol := range part.Protocols {
			if v, ok := u.Part.published(u.Method.Name, protocol); ok {
				row.Published[protocol] = v
			}
		}
		values := make(map[string][]float64)
		for _, r := range t.Runs {
			if r.Part == u.Part.Name && r.Method == u.Method.Name {
				row.Done++
				for figure, v := range r.Figures {
					values[figure] = append(values[figure], v)
				}
			}
		}
		for figure, v := range values {
			row.Figures[figure] = stat(v)
		}
	}
}

// part returns the rows of a part, added if missing.
func (t *Table) part(p *Part) *Rows {
	i := slices.IndexFunc(t.Parts, func(r Rows) bool { return r.Part == p.Name })
	if i < 0 {
		i, t.Parts = len(t.Parts), append(t.Parts, Rows{Part: p.Name, Protocols: p.protocols()})
	}
	return &t.Parts[i]
}

// notes explains the numbers and what they were made with.
func (p *Plan) notes(t *Table) []string {
	notes := []string{"Top-1 accuracy of a linear probe in percent; mean ± standard deviation over the n runs (splits x seeds; ddof 1, \"-\" for one run)." +
		" kNN, the groups and balance (standard deviation of Many, Medium and Few, lower is fairer) go by the first protocol." +
		" tail AUC: how well the memorisation weights after the last epoch tell samples of Few classes from the others, and macro AUC the smaller class in all pairs of classes (0.5 is chance)." +
		" class std, worst third and harmonic mean are over all classes."}
	if len(p.Preset.Compare) > 0 {
		notes = append(notes, "Differences: the mean over the pairs and its 95 % interval by Student's t; * if its p-value is below 0.05 after Holm's adjustment for all methods of the column. table.json and comparisons.csv also have the interval over splits, each with the mean over its seeds.")
	}
	if t.subsets() {
		notes = append(notes, "A protocol with several subsets gives a run the mean over them. subsets: the standard deviation of top-1 over them (ddof 1), as mean ± deviation over the runs.")
	}
	if n := t.Planned - t.Done; n > 0 {
		notes = append(notes, fmt.Sprintf("INCOMPLETE: %d of %d runs are missing.", n, t.Planned))
	}
	if t.Source != "" {
		notes = append(notes, "Published: "+t.Source)
	}
	if t.Done == 0 {
		return notes
	}
	list := func(part func(run.Environment) string) string {
		var values []string
		for _, r := range t.Runs {
			values = with(values, part(r.Environment))
		}
		return strings.Join(values, "; ")
	}
	notes = append(notes, fmt.Sprintf("Made with bcl %s, libtorch %s, %s.",
		list(func(e run.Environment) string { return e.BCL }), list(func(e run.Environment) string { return e.Libtorch }), list(func(e run.Environment) string { return e.Go })))
	notes = append(notes, "Hardware: "+list(func(e run.Environment) string {
		on := fmt.Sprintf("%d cores of %s", e.Cores, e.CPU)
		if e.Device != "cpu" {
			return e.Hardware + ", " + on
		}
		return fmt.Sprintf("%s, %d threads a run", on, e.Threads)
	})+".")
	byTime := func(a, b *Run) int { return a.Evaluated.Compare(b.Evaluated) }
	first, last := slices.MinFunc(t.Runs, byTime).Evaluated, slices.MaxFunc(t.Runs, byTime).Evaluated
	train, eval := 0.0, 0.0
	for _, r := range t.Runs {
		train += r.TrainSeconds
		eval += r.EvalSeconds
	}
	return append(notes, fmt.Sprintf("Runs were finished from %s to %s; %v of training and %v of evaluation, added up over runs.",
		first.Format(time.DateOnly), last.Format(time.DateOnly), seconds(train), seconds(eval)))
}

// subsets reports whether a protocol of a run has several subsets.
func (t *Table) subsets() bool {
	for _, r := range t.Runs {
		for figure := range r.Figures {
			if strings.HasSuffix(figure, " "+Subsets) {
				return true
			}
		}
	}
	return false
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}
