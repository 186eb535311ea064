package repro

import (
	"flag"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestStat(t *testing.T) {
	s := stat([]float64{2, 4, 4, 4, 5, 5, 7, 9})
	if want := math.Sqrt(32.0 / 7); s.N != 8 || s.Mean != 5 || math.Abs(*s.Std-want) > 1e-12 {
		t.Errorf("%+v, want mean 5 and std %v", s, want)
	}
	for want, s := range map[string]Stat{"-": {}, "3.00 ± -": stat([]float64{3}), "3.00 ± 1.41": stat([]float64{2, 4})} {
		if got := s.format(2); got != want {
			t.Errorf("%v is written %q, want %q", s, got, want)
		}
	}
}

// The table of a partly finished plan: means, sample deviations, differences from
// published numbers, and missing units.
func TestTable(t *testing.T) {
	plan, err := NewPlan(parse(t, micro), Select{Only: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	done := func(unit int, full, few float64) *Run {
		u := plan.Units[unit]
		return &Run{Unit: u.Name(), Index: unit, Part: "a", Split: "all", Method: u.Method.Name, Seed: u.Seed,
			Figures: map[string]float64{"full-shot": full, "few": few, KNN: 30, Many: 60, Medium: 50, Few: 40, Balance: 8.165, TailAUC: 0.6125,
				"few Many": 55, "few Medium": few, "few Few": 35, "few balance": 8.5, "few subsets": full / 100},
			TrainSeconds: 100, EvalSeconds: 10.4, Evaluated: day.AddDate(0, 0, unit),
			Environment: run.Environment{BCL: "v1", Libtorch: "2.11.0", Go: "go1.26", CPU: "a CPU", Cores: 2, Threads: 1, Device: "cpu"}}
	}
	table := &Table{Preset: "micro", Description: "A test.", Source: "Somebody 2022.", Planned: 4, Done: 3,
		Runs:    []*Run{done(0, 50, 40), done(1, 55, 44), done(3, 57, 45)},
		Missing: []Missing{{plan.Units[2].Name(), "cut off after epoch 1"}}}
	plan.fill(table)
	table.Notes = plan.notes(table)
	row := table.Parts[0].Rows[1]
	if s := row.Figures["few"]; s.Mean != 44.5 || math.Abs(*s.Std-math.Sqrt(0.5)) > 1e-12 || row.compare("few")[1] != "+4.00" {
		t.Errorf("few-shot %+v, compared %v", s, row.compare("few"))
	}
	golden(t, "testdata/table.md", table.WriteMarkdown)
	golden(t, "testdata/table.csv", table.WriteCSV)
	golden(t, "testdata/runs.csv", table.WriteRuns)
}

func golden(t *testing.T, path string, write func(io.Writer) error) {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s is not what is written now:\n%s", path, b.String())
	}
}
