package repro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// output is what this package needs of what bcl-eval --json writes.
type output struct {
	Epoch int `json:"epoch"`
	Rows  []struct {
		Network    string `json:"network"`
		Protocol   string `json:"protocol"`
		Classifier string `json:"classifier"`
		Accuracy   struct {
			Top1 float64 `json:"top1"`
			// Null where a group has no classes with images.
			Groups [3]*float64 `json:"groups"`
			Std    *float64    `json:"std"`
		} `json:"accuracy"`
		Spread *struct { // over several subsets
			Top1 float64 `json:"top1"`
		} `json:"spread"`
	} `json:"rows"`
	Tail []struct {
		Few  float64 `json:"few_auc"`
		Size float64 `json:"size_auc"`
	} `json:"tail_discovery"`
}

func parseOutput(text []byte) (*output, error) {
	o := new(output)
	if err := json.Unmarshal(text, o); err != nil {
		return nil, err
	}
	if len(o.Rows) == 0 {
		return nil, errors.New("no rows in it")
	}
	return o, nil
}

// Names of figures beside the protocols'.
const (
	KNN     = "kNN"
	Many    = "Many"
	Medium  = "Medium"
	Few     = "Few"
	Balance = "balance"  // std over Many, Medium and Few
	TailAUC = "tail AUC" // of the memorisation weights for Few, after the last epoch
	Subsets = "subsets"  // std of top-1 over the subsets of a protocol
)

// others are the figures that the first protocol gives, in the table's order.
var others = []string{KNN, Many, Medium, Few, Balance, TailAUC}

// details are the figures that every protocol gives beside top-1, which [detail] names.
var details = []string{Subsets, Many, Medium, Few, Balance}

// detail is the name of a figure of a protocol: the groups of the first go without its name.
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
			if name := detail(protocols, protocol, figure); !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// Run is what is known of one unit that is done.
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

	Epochs       int         `json:"epochs"`
	TrainSeconds float64     `json:"train_seconds"`
	EvalSeconds  float64     `json:"eval_seconds"`
	Evaluated    time.Time   `json:"evaluated"`
	Environment  Environment `json:"environment"`
	Record       *Record     `json:"record"` // all that bcl-eval wrote
}

// Environment is what a run ran on: what this package needs of environment.json.
type Environment struct {
	BCL      string `json:"bcl"`
	Libtorch string `json:"libtorch"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	Threads  int    `json:"threads"`
	Device   string `json:"device"`
	Hardware string `json:"hardware"`
}

// collect returns the figures of a unit that is done.
func (p *Plan) collect(u *Unit, s *State) (*Run, error) {
	r := &Run{Unit: u.Name(), Index: u.Index, Part: u.Part.Name, Split: u.Split.Name, Method: u.Method.Name, Seed: u.Seed,
		Figures: make(map[string]float64), Epochs: s.Epochs, Record: s.Record}
	tasks := u.Tasks() // one for each result, as the unit is done
	for i, result := range s.Record.Results {
		o, err := parseOutput(result.Output)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.RecordPath(u), err)
		}
		r.add(o, tasks[i], u.Part.protocols())
		r.EvalSeconds += result.Seconds
		if result.At.After(r.Evaluated) {
			r.Evaluated = result.At
		}
	}
	var err error
	if r.TrainSeconds, err = trainSeconds(p.Run(u)); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(p.Run(u), environmentFile))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &r.Environment); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(p.Run(u), environmentFile), err)
	}
	return r, nil
}

// add adds the figures of one call of bcl-eval.
func (r *Run) add(o *output, t Task, protocols []string) {
	for _, row := range o.Rows {
		protocol := t.of(row.Protocol)
		if row.Network != "trained" || protocol == "" {
			continue
		}
		switch a := row.Accuracy; row.Classifier {
		case "probe":
			r.Figures[protocol] = a.Top1
			for i, v := range []*float64{a.Groups[0], a.Groups[1], a.Groups[2], a.Std} {
				if v != nil {
					r.Figures[detail(protocols, protocol, []string{Many, Medium, Few, Balance}[i])] = *v
				}
			}
			if row.Spread != nil {
				r.Figures[detail(protocols, protocol, Subsets)] = row.Spread.Top1
			}
		case "knn":
			if protocol == protocols[0] {
				r.Figures[KNN] = a.Top1
			}
		}
	}
	if n := len(o.Tail); n > 0 { // the same in every call: it is the run's
		r.Figures[TailAUC] = o.Tail[n-1].Few
	}
}

// trainSeconds adds up the time of a run's epochs.
func trainSeconds(dir string) (float64, error) {
	text, err := os.ReadFile(filepath.Join(dir, metricsFile))
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for line := range bytes.Lines(text) {
		var m struct{ Seconds float64 }
		if err := json.Unmarshal(line, &m); err != nil {
			return 0, fmt.Errorf("%s: %w", filepath.Join(dir, metricsFile), err)
		}
		sum += m.Seconds
	}
	return sum, nil
}

// Epochs returns how many epochs of a unit are done, by its metrics: what a
// progress bar needs while the unit runs.
func (p *Plan) Epochs(u *Unit) int {
	text, err := os.ReadFile(filepath.Join(p.Run(u), metricsFile))
	if err != nil {
		return 0
	}
	return bytes.Count(text, []byte("\n"))
}

// environments lists the different values of a part of the runs' environments.
func environments(runs []*Run, part func(Environment) string) []string {
	var values []string
	for _, r := range runs {
		if v := part(r.Environment); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}
