package repro

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

const orders = `
name: orders
seeds: [1, 2]
methods: [{method: simclr}, {method: bcl-i}, {method: simclr, name: signals}]
compare: [simclr]
signals: {method: signals, epochs: [1, 2], beta: 0.5, recent: 1}
parts:
  - name: e
    data: embedded
    splits: [{name: given}, {name: reverse, order: reverse}]
    protocols: [{name: full}]
`

// fill in the runs of a plan, without files.
func finished(plan *Plan, top1 func(u *Unit) float64) *Table {
	t := &Table{Planned: len(plan.Units)}
	for _, u := range plan.Units {
		t.Runs = append(t.Runs, &Run{Unit: u.Name(), Index: u.Index, Part: u.Part.Name, Split: u.Split.Name, Method: u.Method.Name, Seed: u.Seed,
			Figures: map[string]float64{"full": top1(u)}})
	}
	t.Done = len(t.Runs)
	plan.fill(t)
	return t
}

func TestPlaceOfOrders(t *testing.T) {
	plan, err := NewPlan(parse(t, orders), Select{Only: []string{"e/reverse"}})
	if err != nil || plan.Place(plan.Units[0]) != "embedded:reverse" {
		t.Errorf("%v, %v", plan.Place(plan.Units[0]), err)
	}
}

// Pairs have the same split and seed; a run without its pair is left out.
func TestCompare(t *testing.T) {
	plan, err := NewPlan(parse(t, orders), Select{})
	if err != nil {
		t.Fatal(err)
	}
	table := finished(plan, func(u *Unit) float64 {
		v := 50 + 10*float64(u.Seed) // which the pairs cancel
		if u.Method.Name == "bcl-i" {
			v += map[string]float64{"given": 1, "reverse": 4}[u.Split.Name] + float64(u.Seed) - 1.5
		}
		return v
	})
	table.Runs = table.Runs[:len(table.Runs)-2] // bcl-i and signals of reverse, seed 2
	if err := plan.compare(table); err != nil {
		t.Fatal(err)
	}
	if len(table.Comparisons) != 1 {
		t.Fatalf("%+v", table.Comparisons)
	}
	c := table.Comparisons[0] // differences 0.5, 1.5 and 3.5
	if c.Method != "bcl-i" || c.Runs.N != 3 || math.Abs(c.Runs.Mean-5.5/3) > 1e-12 || c.Splits.N != 2 || c.Splits.Mean != 2.25 || *c.PHolm != *c.Runs.P {
		t.Errorf("%+v", c)
	}
	var b strings.Builder
	table.comparisons(&b, table.Parts[0])
	if want := "| bcl-i  |          3 in 2 | +1.83 (-1.96 to +5.63) |"; !strings.Contains(b.String(), want) {
		t.Errorf("no %q in\n%s", want, b.String())
	}
}

// The signal's value is the class's rarity in one epoch, and the negative in the next.
func TestSignals(t *testing.T) {
	plan, err := NewPlan(parse(t, orders), Select{})
	if err != nil {
		t.Fatal(err)
	}
	plan.Out = t.TempDir()
	for _, u := range plan.Units {
		if u.Method.Name != "signals" {
			continue
		}
		sizes := []int{8, 4, 3, 2} // of the classes a to d
		if u.Split.Name == "reverse" {
			sizes = []int{2, 3, 4, 8}
		}
		var csv strings.Builder
		csv.WriteString("row,name,class\n")
		var first, second []float32
		for c, n := range sizes {
			for range n {
				fmt.Fprintf(&csv, "%d,x,%c\n", len(first), 'a'+c)
				first = append(first, -float32(math.Log(float64(n))/math.Log(100))+float32(c)) // a class has a level of its own
				second = append(second, float32(n))
			}
		}
		put(t, filepath.Join(plan.Run(u), run.SamplesFile), csv.String())
		for _, s := range []signal.Name{signal.Loss, signal.Density} {
			a := npy.FromFloat32s(append(append([]float32{}, first...), second...))
			a.Shape = []int{2, len(first)}
			if err := atomicfile.WriteFile(run.File(plan.Run(u), run.SignalFile(s)), func(w io.Writer) error { return npy.Write(w, a) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	table := finished(plan, func(*Unit) float64 { return 50 })
	if err := plan.signals(table); err != nil {
		t.Fatal(err)
	}
	find := func(s signal.Name, average string, epoch int) SignalRow {
		for _, r := range table.Signals {
			if r.Signal == s && r.Average == average && r.Epoch == epoch {
				return r
			}
		}
		t.Fatalf("no row of %s, %s, epoch %d: %+v", s, average, epoch, table.Signals)
		return SignalRow{}
	}
	// In the second epoch the large classes have the large values: the loss takes them for the
	// tail's, and density, where low is the tail's, finds it.
	if r := find(signal.Loss, Recent, 2); r.Few.N != 4 || r.SplitFew.N != 2 || r.Macro.Mean != 0 || r.FirstEpoch != 0 {
		t.Errorf("loss, recent: %+v", r)
	}
	if r := find(signal.Density, Recent, 2); r.Macro.Mean != 1 || r.Runs["e/given/signals-1"] != (score.Tail{Few: 1, Size: 1, Macro: 1}) {
		t.Errorf("density, recent: %+v", r)
	}
	if r := find(signal.Loss, Momentum, 2); r.FirstEpoch != 0.5 {
		t.Errorf("loss, momentum: %+v", r)
	}
	// Epoch 1 has -1 per factor 100 exactly, and the classes are 1 apart.
	for _, e := range table.Effects {
		if e.Signal == signal.Loss && e.Epoch == 1 && (math.Abs(e.Per100+1) > 1e-6 || e.SE > 1e-6 || math.Abs(e.Classes-math.Sqrt(1.25)) > 1e-6) {
			t.Errorf("effect %+v", e)
		}
	}
	if len(table.Effects) != 4 || len(table.Notes) != 8 || !strings.Contains(table.Notes[0], "did not record it") { // align and colt of four runs
		t.Errorf("%d effects, notes %q", len(table.Effects), table.Notes)
	}
	var b strings.Builder
	table.signalTables(&b, "e")
	for _, want := range []string{"| 2     |        50 % | 4 in 2 |", "density (low)", "Effect of 100 times more images"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestEvidencePresetErrors(t *testing.T) {
	for want, change := range map[string][2]string{
		`compare: method "x"`:             {"compare: [simclr]", "compare: [x]"},
		`signals: method "x"`:             {"method: signals, epochs", "method: x, epochs"},
		"signals: epochs [2 1]":           {"[1, 2], beta", "[2, 1], beta"},
		"signals: beta 1":                 {"beta: 0.5", "beta: 1"},
		`class order "up"`:                {"order: reverse", "order: up"},
		"order is of the embedded set; a": {"data: embedded", "data: mine"},
	} {
		if _, err := Parse([]byte(strings.Replace(orders, change[0], change[1], 1)), "x.yaml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
