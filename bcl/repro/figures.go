package repro

import (
	"fmt"
	"slices"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// Names of figures other than the protocols'.
const (
	KNN     = "kNN"
	Many    = "Many"
	Medium  = "Medium"
	Few     = "Few"
	Balance = "balance" // std over Many, Medium and Few
	Subsets = "subsets" // std of top-1 over the subsets of a protocol

	// Over all classes, without groups (score.Accuracy).
	ClassStd   = "class std"
	WorstThird = "worst third"
	Harmonic   = "harmonic mean"

	// Of the memorisation weights after the last epoch (score.Tail).
	TailAUC  = "tail AUC"
	MacroAUC = "macro AUC"
)

// others are the figures of the first protocol, in the table's order.
var others = []string{KNN, Many, Medium, Few, Balance, ClassStd, WorstThird, Harmonic, TailAUC, MacroAUC}

// details are the figures of every protocol other than top-1, named by [detail].
var details = []string{Subsets, Many, Medium, Few, Balance}

// detail is the name of a figure of a protocol; the groups of the first omit its name.
func detail(protocols []string, protocol, figure string) string {
	if protocol == protocols[0] && figure != Subsets {
		return figure
	}
	return protocol + " " + figure
}

// figuresOf lists the figures of a part's runs.
func figuresOf(protocols []string) []string {
	list := slices.Concat(protocols, others)
	for _, protocol := range protocols {
		for _, figure := range details {
			list = with(list, detail(protocols, protocol, figure))
		}
	}
	return list
}

// Run is the results of one finished unit.
type Run struct {
	Unit   string `json:"unit"`
	Index  int    `json:"index"`
	Part   string `json:"part"`
	Split  string `json:"split"`
	Method string `json:"method"`
	Seed   uint64 `json:"seed"`
	// Figures are the accuracies of the linear probe by protocol, and the others: of
	// the first protocol by their names, of the others as "PROTOCOL Many".
	Figures map[string]float64 `json:"figures"`

	Epochs       int             `json:"epochs"`
	TrainSeconds float64         `json:"train_seconds"`
	EvalSeconds  float64         `json:"eval_seconds"`
	Evaluated    time.Time       `json:"evaluated"`
	Environment  run.Environment `json:"environment"`
	Record       *Record         `json:"record"` // the output of bcl-eval
}

// collect returns the figures of a finished unit.
func (p *Plan) collect(u *Unit, s *State) (*Run, error) {
	r := &Run{Unit: u.Name(), Index: u.Index, Part: u.Part.Name, Split: u.Split.Name, Method: u.Method.Name, Seed: u.Seed,
		Figures: make(map[string]float64), Epochs: s.Epochs, Record: s.Record}
	for i := range s.Record.Results {
		x := &s.Record.Results[i]
		o, err := score.ParseResults(x.Output)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.RecordPath(u), err)
		}
		r.add(o, x, u.Part)
		r.EvalSeconds += x.Seconds
		if x.At.After(r.Evaluated) {
			r.Evaluated = x.At
		}
	}
	metrics, err := run.ReadMetrics(p.Run(u))
	if err != nil {
		return nil, err
	}
	for _, m := range metrics {
		r.TrainSeconds += m.Seconds
	}
	r.Environment, err = run.ReadEnvironment(p.Run(u))
	return r, err
}

// add adds the figures of one call of bcl-eval.
func (r *Run) add(o *score.Results, x *Result, part *Part) {
	protocols := part.protocols()
	for _, row := range o.Rows {
		protocol := x.of(row.Protocol, part)
		if row.Network != score.Trained || protocol == "" {
			continue
		}
		switch a := row.Accuracy; row.Classifier {
		case linear(x.Eval):
			r.Figures[protocol] = a.Top1
			for i, v := range []score.Percent{a.Groups[0], a.Groups[1], a.Groups[2], a.Std} {
				if v.Known() {
					r.Figures[detail(protocols, protocol, []string{Many, Medium, Few, Balance}[i])] = float64(v)
				}
			}
			for figure, v := range map[string]score.Percent{ClassStd: a.ClassStd, WorstThird: a.WorstThird, Harmonic: a.Harmonic} {
				if protocol == protocols[0] && v.Known() {
					r.Figures[figure] = float64(v)
				}
			}
			if row.Spread != nil {
				r.Figures[detail(protocols, protocol, Subsets)] = row.Spread.Top1
			}
		case score.KNN:
			if protocol == protocols[0] {
				r.Figures[KNN] = a.Top1
			}
		}
	}
	if n := len(o.Tail); n > 0 { // the same in every call, for one run
		r.Figures[TailAUC] = o.Tail[n-1].Few
		if macro := o.Tail[n-1].Macro; macro > 0 { // which earlier versions do not have
			r.Figures[MacroAUC] = macro
		}
	}
}

// of returns the name of the protocol of a row of x; "" if it is not one of x's.
func (x *Result) of(row string, part *Part) string {
	specs := x.protocols(part)
	for _, s := range specs {
		if len(specs) == 1 || !x.old() && s.Name == row || x.old() && oldRow(s) == row {
			return s.Name
		}
	}
	return ""
}

// Epochs returns how many epochs of a unit are done, by its metrics, for a progress bar
// while the unit runs.
func (p *Plan) Epochs(u *Unit) int {
	n, _ := run.Epochs(p.Run(u)) // 0 if they cannot be read
	return n
}

// with appends a string to a list that lacks it.
func with(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}
