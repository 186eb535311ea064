package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// section is a part of the page.
type section struct {
	ID, Title, Lead string
	Charts          []chart
	Blocks          []block
	Notes           []string
	Pairs           bool // charts of two runs stand side by side
}

// block is a part of a section that is not a chart: images, a table or a map.
type block struct {
	Title, Note string
	Strips      []strip
	Columns     []string // over the views of the strips
	Table       *table
	Bars        []bar
	Map         *scene
	Wide        bool
}

// bar is a row of a table with a bar of a percentage.
type bar struct {
	Name, Detail, Class string
	Value               float64
	Known               bool
}

// groupClass are the colours of the groups.
var groupClass = [3]string{"many", "medium", "few"}

// runClass is the colour of the i-th run.
func runClass(i int) string { return fmt.Sprintf("s%d", i%6) }

func (p *pageData) add(c chart, ok bool, to *section) {
	if ok {
		to.Charts = append(to.Charts, c)
	}
}

// of names a run in titles if there are several.
func (p *pageData) of(r *Run, title string) string {
	if len(p.runs) == 1 {
		return title
	}
	return title + " · " + r.Name
}

// overlay is a chart with a line of each run.
func (p *pageData) overlay(title, note, unit string, value func(m run.Metrics) float64) lines {
	l := lines{Title: title, Note: note, XTitle: "epoch", Unit: unit}
	for i, r := range p.runs {
		s := series{Name: r.Name, Class: runClass(i)}
		if len(p.runs) == 1 {
			s.Name = title
		}
		for _, m := range r.Metrics {
			s.X, s.Y = append(s.X, float64(m.Epoch)), append(s.Y, value(m))
		}
		l.Series = append(l.Series, s)
	}
	return l
}

func (p *pageData) learning() section {
	s := section{ID: "learning", Title: "Learning"}
	loss := p.overlay("Loss", "NT-Xent, mean over the epoch. The dashed line is a network whose features tell nothing.", "", func(m run.Metrics) float64 { return m.Loss })
	seen := map[int]bool{}
	for _, r := range p.runs {
		if n := r.batch(); n >= 2 && !seen[n] {
			seen[n] = true
			loss.Refs = append(loss.Refs, ref{Chance(n), fmt.Sprintf("chance, ln(2·%d−1)", n)})
		}
	}
	c, ok := loss.draw()
	p.add(c, ok, &s)
	c, ok = p.overlay("Learning rate", "Of the last step of each epoch.", "", func(m run.Metrics) float64 { return m.LR }).draw()
	p.add(c, ok, &s)
	views := p.overlay("Views per second", "Speed of training, an epoch each.", "", func(m run.Metrics) float64 { return m.ViewsPerSec })
	views.Y = []float64{0}
	c, ok = views.draw()
	p.add(c, ok, &s)
	for i, r := range p.runs { // auxiliary losses, such as Geometric Harmonization's
		names := map[string]*series{}
		var order []string
		for _, m := range r.Metrics {
			for name, v := range m.Auxiliary {
				if names[name] == nil {
					names[name] = &series{Name: name, Class: runClass(i)}
					order = append(order, name)
				}
				names[name].X, names[name].Y = append(names[name].X, float64(m.Epoch)), append(names[name].Y, v)
			}
		}
		slices.Sort(order)
		for _, name := range order {
			c, ok := lines{Title: p.of(r, "Loss of "+name), XTitle: "epoch", Series: []series{*names[name]}}.draw()
			p.add(c, ok, &s)
		}
	}
	return s
}

func (p *pageData) memory() section {
	s := section{ID: "memory", Pairs: len(p.runs) > 1, Title: "Memory", Lead: "Each sample's momentum loss says how hard it still is, and gives its memorisation weight, from 0 to 1: the strength of its augmentation."}
	for _, r := range p.runs {
		if r.Memory != nil && r.Memory.Controlled {
			s.Notes = append(s.Notes, p.of(r, "The run is a control: single images and the mean weights of classes are shown with the weights that it trains with, everything else with those of its memory, which it does not train with."))
		}
	}
	for _, kind := range []func(r *Run) (chart, bool){p.weights, p.momentum, p.tail, p.sizes} {
		for _, r := range p.runs { // a kind of several runs side by side
			c, ok := kind(r)
			p.add(c, ok, &s)
		}
	}
	for _, r := range p.runs {
		if r.Labels == nil {
			s.Notes = append(s.Notes, p.of(r, "The images have no labels: what compares classes is left out."))
		}
	}
	return s
}

func (p *pageData) weights(r *Run) (chart, bool) {
	var x []float64
	var q [5][]float64
	for _, m := range r.Metrics {
		x = append(x, float64(m.Epoch))
		for k := range q {
			q[k] = append(q[k], m.Weights[k])
		}
	}
	return lines{Title: p.of(r, "Memorisation weights"), Note: "Lowest to highest, the middle half, and the median. The mean is ½ by construction: a wide band means that samples are told apart.", XTitle: "epoch", Y: []float64{0, 1}, Series: []series{
		{Name: "all", Class: "s0 faint", X: x, Y: q[0], Upper: q[4]},
		{Name: "middle half", Class: "s0", X: x, Y: q[1], Upper: q[3]},
		{Name: "median", Class: "s0", X: x, Y: q[2]},
	}}.draw()
}

// epochs of the momentum losses that were looked at.
func (m *Memory) epochs() (x []float64) {
	for _, e := range m.Epochs {
		x = append(x, float64(e))
	}
	return x
}

func (p *pageData) momentum(r *Run) (c chart, ok bool) {
	m := r.Memory
	if m == nil {
		return c, false
	}
	l := lines{Title: p.of(r, "Momentum loss of common and rare classes"), Note: "If rare samples are learnt later, Few stays above Many.", XTitle: "epoch"}
	for g, name := range score.GroupNames {
		if m.Groups[g] != nil && len(r.Groups[g]) > 0 {
			l.Series = append(l.Series, series{Name: name, Class: groupClass[g], X: m.epochs(), Y: m.Groups[g]})
		}
	}
	if l.Series == nil {
		l.Title, l.Note = p.of(r, "Momentum loss"), "Mean over all samples."
		l.Series = []series{{Name: "all samples", Class: "s0", X: m.epochs(), Y: m.Mean}}
	}
	return l.draw()
}

func (p *pageData) tail(r *Run) (c chart, ok bool) {
	m := r.Memory
	if m == nil || m.Few == nil {
		return c, false
	}
	return lines{Title: p.of(r, "Tail discovery"), Note: "How surely a rare sample has a higher weight than a common one (AUC). Grey: the same weights dealt to other samples, 39 times. Above the grey the memory finds the tail.", XTitle: "epoch",
		Series: []series{{Name: "weights dealt at random", Class: "mute", X: m.epochs(), Y: m.Control[0], Upper: m.Control[1]}, {Name: "AUC", Class: "s0", X: m.epochs(), Y: m.Few}},
		Refs:   []ref{{0.5, "chance"}}, Y: []float64{0.4, 0.6}}.draw()
}

func (p *pageData) sizes(r *Run) (c chart, ok bool) {
	if r.Memory == nil || r.Memory.Class == nil {
		return c, false
	}
	return scatter(p.of(r, "Class size and mean weight"), "If the memory finds the tail, small classes on the left stand high.", "images", "mean weight", r.classDots(r.Memory.Class))
}

// classDots are the classes by their size.
func (r *Run) classDots(value []float64) (dots []dot) {
	for c, name := range r.Classes {
		class := "mute"
		for g, in := range r.Groups {
			if slices.Contains(in, c) {
				class = groupClass[g]
			}
		}
		dots = append(dots, dot{float64(r.Counts[c]), value[c], name, class})
	}
	return dots
}

func (p *pageData) accuracy() section {
	s := section{ID: "accuracy", Pairs: len(p.runs) > 1, Title: "Accuracy"}
	for _, r := range p.runs {
		if len(r.Evaluations) == 0 {
			s.Notes = append(s.Notes, p.of(r, "No evaluation was recorded while training: --eval-freq makes them, and bcl-eval measures a trained run."))
			continue
		}
		var by []string
		for _, e := range r.Evaluations {
			if name := classifier(e); !slices.Contains(by, name) {
				by = append(by, name)
			}
		}
		for _, name := range by {
			all := series{Name: "all", Class: "ink"}
			groups := [3]series{}
			var last run.Evaluation
			for _, e := range r.Evaluations {
				if classifier(e) != name {
					continue
				}
				last = e
				x := float64(e.Epoch)
				all.X, all.Y = append(all.X, x), append(all.Y, e.Accuracy.Top1)
				for g := range groups {
					groups[g].X, groups[g].Y = append(groups[g].X, x), append(groups[g].Y, float64(e.Accuracy.Groups[g]))
				}
			}
			l := lines{Title: p.of(r, "Top-1 by "+name), Note: "Mean accuracy of the classes of each group.", XTitle: "epoch", Unit: "%", Series: []series{all}}
			for g, name := range score.GroupNames {
				groups[g].Name, groups[g].Class = name, groupClass[g]
				if slices.ContainsFunc(groups[g].Y, func(v float64) bool { return !math.IsNaN(v) }) {
					l.Series = append(l.Series, groups[g])
				}
			}
			c, ok := l.draw()
			p.add(c, ok, &s)
			if !r.ordered && r.Labels != nil && name == by[0] {
				s.Notes = append(s.Notes, p.of(r, "Accuracies of single classes are left out: which class is which is known from the images. bcl-report without --folder-only shows them."))
			}
			if b := r.perClass(last); b != nil {
				b.Title = p.of(r, fmt.Sprintf("Classes, by %s after epoch %d", name, last.Epoch))
				s.Blocks = append(s.Blocks, *b)
			}
		}
	}
	return s
}

func classifier(e run.Evaluation) string {
	if e.Protocol != "" {
		return e.Classifier + " (" + e.Protocol + ")"
	}
	return e.Classifier
}

// maxBars of a table of classes: the largest and the smallest.
const maxBars = 60

// perClass is the accuracy of each class, the largest first; nil where it is not known
// which class is which.
func (r *Run) perClass(e run.Evaluation) *block {
	if len(e.Accuracy.PerClass) != len(r.Classes) || r.Classes == nil || !r.ordered {
		return nil
	}
	b := &block{Note: "From the largest class to the smallest."}
	order := make([]int, len(r.Classes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.Counts[b] - r.Counts[a] })
	if n := len(order); n > maxBars {
		b.Note = fmt.Sprintf("The %d largest and the %d smallest of %d classes.", maxBars/2, maxBars/2, n)
		order = append(order[:maxBars/2:maxBars/2], order[n-maxBars/2:]...)
	}
	dots := r.classDots(make([]float64, len(r.Classes)))
	for _, c := range order {
		a := e.Accuracy.PerClass[c]
		b.Bars = append(b.Bars, bar{r.Classes[c], fmt.Sprintf("%d images, %s", r.Counts[c], r.Groups.Of(c)), dots[c].Class, float64(a), a.Known()})
	}
	return b
}
