package bcleval

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// comparisonOf compares, as JSON.
func comparisonOf(t *testing.T, args ...string) (c comparison, stderr string) {
	t.Helper()
	code, stdout, stderr := call(append(args, "--threads", "1", "--json")...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &c); err != nil {
		t.Fatal(err)
	}
	return c, stderr
}

// Two runs and a file: settings that differ, accuracies that bcl-eval of one finds too, signals
// of runs, as JSON, table and CSV.
func TestCompare(t *testing.T) {
	data := colours(t)
	a := dual(t, data)
	b := trained(t, data, "--size", "8", "--seed", "12")
	path := filepath.Join(t.TempDir(), "c.csv")
	c, stderr := comparisonOf(t, a, b, run.File(a, run.CheckpointFile), "--by", "knn,ridge", "--csv", path)
	if len(c.Runs) != 3 || c.Runs[0].Name != "d" || c.Runs[1].Name != "r" || c.Runs[2].Name != "model.pt" || c.Runs[1].Size != 8 || c.Runs[0].Epoch != 2 {
		t.Fatalf("%+v", c.Runs)
	}
	differ := map[string][]string{}
	for _, d := range c.Differences {
		differ[d.Name] = d.Values
	}
	if !slices.Equal(differ["method"], []string{"bcl-d", "bcl-i", "bcl-d"}) || differ["seed"] == nil || differ["lr"] != nil || !slices.Contains(c.OtherLosses, "method") || slices.Contains(c.OtherLosses, "seed") {
		t.Errorf("%v, losses %v", differ, c.OtherLosses)
	}
	metrics, err := run.ReadMetrics(b)
	if err != nil || c.Runs[1].Loss == nil || *c.Runs[1].Loss != metrics[0].Loss || c.Runs[2].Loss != nil {
		t.Errorf("losses %v, %v", c.Runs, err)
	}
	if len(c.Accuracies) != 4 || len(c.Words) != 4 || len(c.Results) != 3 {
		t.Fatalf("%d accuracies, %q", len(c.Accuracies), c.Words)
	}
	for i, path := range []string{a, b} {
		code, stdout, said := call(path, "--by", "knn,ridge", "--threads", "1", "--json", "--data", data, "--seed", "10")
		var one score.Results
		if err := json.Unmarshal([]byte(stdout), &one); code != 0 || err != nil {
			t.Fatal(code, err, said)
		}
		for k, row := range one.Rows {
			d := c.Accuracies[2*k].Figures[0]
			if got := []score.Percent{d.Baseline, d.Value}[i]; got != score.Percent(row.Accuracy.Top1) || c.Results[i].Rows[k].Accuracy.Top1 != row.Accuracy.Top1 {
				t.Errorf("%s by %s: %v, alone %v", path, row.Classifier, got, row.Accuracy.Top1)
			}
		}
	}
	for _, p := range c.Accuracies { // the file is the network of the first run
		if p.Run == "model.pt" && (p.Figures[0].Difference != 0 || p.P != 1 || p.PHolm != 1) {
			t.Errorf("with itself: %+v", p)
		}
	}
	if len(c.Signals) != 5 || c.Signals[0].Signal != weightsSignal || len(c.Signals[0].Measures) != 3 || c.Signals[0].Run != "r" {
		t.Errorf("%+v; %s", c.Signals, stderr)
	}
	lines, err := csv.NewReader(strings.NewReader(read(t, path))).ReadAll()
	if known := 7; err != nil || len(lines) != 1+4*known+5*3 || lines[1][5] != "top-1" || lines[1][14] == "" {
		t.Errorf("%d lines, %v: %q", len(lines), err, lines[1])
	}
	code, stdout, said := call(a, b, a, "--by", "knn", "--threads", "1", "--csv", path, "--force")
	if code != 0 {
		t.Fatal(said)
	}
	for _, want := range []string{"\nmethod", "→ loss", "because of method", "\nknn          " + a + "  r  ", "\nFew ", "weights  Few", "is within the noise (McNemar's exact test: p = 1", "They say nothing of other training seeds", a + " (2)"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in %s", want, stdout)
		}
	}
}

// Several fits have intervals over them; a run of other images has no signals of these.
func TestCompareFits(t *testing.T) {
	data := colours(t)
	a := trained(t, data, "--method", "simclr")
	b := dual(t, data) // removes images
	c, stderr := comparisonOf(t, b, a, "--by", "knn", "--shots", "2", "--shot-subsets", "3", "--data", data)
	if len(c.Accuracies) != 1 || c.Accuracies[0].Fits != 3 || c.Accuracies[0].McNemar != nil || len(c.Signals) != 0 {
		t.Errorf("%+v", c)
	}
	if d := c.Accuracies[0].Figures[0]; d.Fits == nil || d.Fits.N != 3 || math.Abs(d.Fits.Mean-float64(d.Difference)) > 1e-9 {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(stderr, "r: the signals that training has recorded are left out: the training images are not those of the run") {
		t.Errorf("stderr %s", stderr)
	}
	code, stdout, said := call(b, a, "--by", "knn", "--shots", "2", "--shot-subsets", "3", "--threads", "1")
	if code != 0 || !strings.Contains(stdout, "over 3 fits") {
		t.Errorf("exit code %d, %s%s", code, stdout, said)
	}
}

func TestCompareRefuses(t *testing.T) {
	data := colours(t)
	a := trained(t, data)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{a, a, "--untrained"}, 2, "--untrained is for one network, and 2 are given to compare"},
		{[]string{a, a, "--finetune-save", "x.pt", "--by", "finetune"}, 2, "--finetune-save is for one network"},
		{[]string{a, a, "--tail-curve", "x.csv"}, 2, "--tail-curve is for one network"},
		{[]string{a, "/no/such/run"}, 1, "/no/such/run"},
		{[]string{a, a, "--csv", run.File(a, run.CheckpointFile), "--force"}, 1, "what is evaluated"},
	} {
		code, stdout, stderr := call(append(c.args, "--threads", "1")...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, want %d; %q is not in %s", c.args, code, c.code, c.want, stderr)
		}
	}
}

func TestLabels(t *testing.T) {
	got := labelsFor([]string{"runs/a", "runs/b/", "other/a", "runs/b", "runs/b"})
	if want := []string{"runs/a", "runs/b/", "other/a", "runs/b", "runs/b (2)"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := labelsFor([]string{"runs/a", "runs/b/"}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%q", got)
	}
}
