package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// hostile is the name of a file and of a class.
const hostile = `</script><img src=x onerror="alert(1)">&'` + "`${1}"

// trained returns the folder of a run of 60 samples in classes of 40, 15 and 5, whose losses
// tell the rare ones by how much tail says.
func trained(t *testing.T, name string, epochs int, tail float64, labels bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	config := fmt.Sprintf("method: bcl-i\nepochs: %d\nbatch-size: 32\nlr: %g\n", epochs, tail)
	d, err := run.Create(dir, []byte(config), []string{"bcl-train", name, "--data", hostile}, run.Environment{BCL: "test", Data: run.Data{Samples: 60}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	class := func(i int) int {
		switch {
		case i < 40:
			return 0
		case i < 55:
			return 1
		}
		return 2
	}
	names := []string{"common", "some", hostile}
	if _, err := d.WriteSamples(60, func(row int) (string, string) {
		if !labels {
			return fmt.Sprint(hostile, row), ""
		}
		return fmt.Sprint(hostile, row), names[class(row)]
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.OpenHistory(60, 0); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for e := 1; e <= epochs; e++ {
		loss := make([]float32, 60)
		for i := range loss {
			loss[i] = float32(2 + r.Float64() + tail*float64(class(i)))
		}
		m := run.Metrics{Epoch: e, Loss: 4 / math.Sqrt(float64(e)), LR: 0.1, ViewsPerSec: 100, Seconds: 1, Weights: [5]float64{0, 0.3, 0.5, 0.7, 1}, Auxiliary: map[string]float64{"harmony": 1 / float64(e)}}
		if err := d.Remember(loss); err != nil {
			t.Fatal(err)
		}
		if err := d.Metric(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Evaluations(run.Evaluation{Epoch: epochs, Result: score.Result{Classifier: "knn", Accuracy: score.Accuracy{Top1: 50, Groups: [3]score.Percent{60, 50, 40}, PerClass: []score.Percent{60, 50, 40}}}}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func page(t *testing.T, runs ...*Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, runs...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, dir string, classes ...string) *Run {
	t.Helper()
	r, err := Read(dir, classes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var external = regexp.MustCompile(`(?i)(src|href)="?(https?:|//)|url\(|@import`)

// The page has its parts, loads nothing, and the names of others stay text.
func TestPage(t *testing.T) {
	r := read(t, trained(t, "a", 8, 2, true), "common", "some", hostile)
	text := page(t, r)
	for _, want := range []string{"Is it learning?", "<strong>Yes</strong>", "Tail discovery", "Class size and mean weight", "Top-1 by knn", "60.0%", "ln(2·32−1)", "harmony", "--config", "Content-Security-Policy", "default-src &#39;none&#39;"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if found := external.FindString(text); found != "" {
		t.Errorf("the page refers to %q", found)
	}
	if strings.Contains(text, "<img src=x") || strings.Count(text, "</script>") != 1 {
		t.Error("a name is not escaped")
	}
	if strings.Contains(text, "style=") {
		t.Error("a style attribute, which the policy forbids")
	}
	if n := strings.Count(text, "<svg"); n < 8 {
		t.Errorf("%d drawings", n)
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "<no value>") {
		t.Error("a value is missing")
	}
}

// The policy's hashes are those of the style and the script as the page has them.
func TestPolicy(t *testing.T) {
	text := page(t, read(t, trained(t, "a", 2, 0, true)))
	for _, tag := range []string{"style", "script"} {
		_, after, _ := strings.Cut(text, "<"+tag+">")
		inner, _, _ := strings.Cut(after, "</"+tag+">")
		if hash := strings.NewReplacer("'", "&#39;", "+", "&#43;").Replace(hashOf(inner)); !strings.Contains(text, hash) {
			t.Errorf("the policy does not allow the %s of the page", tag)
		}
	}
	live, err := Page(read(t, trained(t, "a", 2, 0, true)))
	if err != nil || !strings.Contains(string(live), "connect-src &#39;self&#39;") || strings.Contains(text, "connect-src") {
		t.Errorf("connect-src: error %v", err)
	}
}

// Several runs come with what differs, and without labels it is said what is left out.
func TestSeveral(t *testing.T) {
	a, b := read(t, trained(t, "a", 8, 2, true)), read(t, trained(t, "b", 8, 0, false))
	text := page(t, a, b)
	for _, want := range []string{"What differs", `<th scope="row">lr</th><td>2</td><td>0</td>`, "b · The images have no labels", "Loss</h3>"} {
		want = strings.Replace(want, "b · The", "The", 1)
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.Contains(text, `<th scope="row">method</th><td>bcl-i</td><td>bcl-i</td>`) {
		t.Error("a setting that is the same is among the differences")
	}
	if err := Write(&bytes.Buffer{}, slices.Repeat([]*Run{a}, MaxRuns+1)...); err == nil {
		t.Error("too many runs: no error")
	}
}

func TestVerdicts(t *testing.T) {
	level := func(dir string) []string {
		var levels []string
		for _, v := range read(t, dir).Verdicts() {
			levels = append(levels, v.Level)
		}
		return levels
	}
	for name, want := range map[float64]string{2: Good, 0: Warning, -2: Bad} {
		if got := level(trained(t, "a", 8, name, true)); got[0] != Good || got[2] != want {
			t.Errorf("tail of %g: %v, want %s", name, got, want)
		}
	}
	if got := level(trained(t, "a", 8, 2, false)); got[2] != Unknown {
		t.Errorf("without labels: %v", got)
	}
	r := read(t, trained(t, "a", 8, 2, true))
	for i := range r.Metrics {
		r.Metrics[i].Loss = Chance(32)
	}
	if got := r.learning(); got.Level != Bad {
		t.Errorf("at chance: %+v", got)
	}
	r.Metrics[7].Loss = math.NaN()
	if got := r.learning(); got.Level != Bad || !strings.Contains(got.Answer, "no number") {
		t.Errorf("NaN: %+v", got)
	}
	if got := (&Run{}).learning(); got.Level != Unknown {
		t.Errorf("no epoch: %+v", got)
	}
}

// The weights that are shown are those that the run trains with; what the memory finds is its
// own, and a control is said to be one.
func TestWeights(t *testing.T) {
	for config, c := range map[string]struct {
		want func(loss []float32) []float64
		own  bool
	}{
		"memory-weights: rank":      {memory.Ranks, false},
		"memory-weights: published": {memory.Weights, false},
		"memory-control: constant":  {func(loss []float32) []float64 { return slices.Repeat([]float64{0.5}, len(loss)) }, true},
		"memory-weights: rank\nmemory-control: inverted": {func(loss []float32) []float64 {
			w := memory.Ranks(loss)
			for i := range w {
				w[i] = 1 - w[i]
			}
			return w
		}, true},
	} {
		dir := trained(t, "a", 8, 2, true)
		f, err := os.OpenFile(run.File(dir, run.ConfigFile), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(f, config)
		f.Close()
		r := read(t, dir, "common", "some", hostile)
		if want := c.want(r.Memory.Loss); !slices.Equal(r.Memory.Weights, want) || r.Memory.Controlled != c.own {
			t.Errorf("%q: weights %v, want %v", config, r.Memory.Weights[:4], want[:4])
		}
		if r.Memory.Few[7] < 0.9 {
			t.Errorf("%q: the memory's own AUC is %v", config, r.Memory.Few)
		}
		if text := page(t, r); strings.Contains(text, "The run is a control") != c.own || strings.Contains(text, "the run trains with other weights") != c.own {
			t.Errorf("%q: a control that is not said, or said of none", config)
		}
	}
}

// The control of ranks is that of [score.AUC] on permuted scores, and encloses a half.
func TestControl(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	scores, positive := make([]float64, 500), make([]bool, 500)
	for i := range scores {
		scores[i], positive[i] = float64(r.IntN(50)), i%5 == 0
	}
	lo, hi := control(scores, positive, 3)
	want := [2]float64{1, 0}
	for range 400 {
		r.Shuffle(len(scores), func(i, j int) { scores[i], scores[j] = scores[j], scores[i] })
		auc, err := score.AUC(scores, positive)
		if err != nil {
			t.Fatal(err)
		}
		want[0], want[1] = min(want[0], auc), max(want[1], auc)
	}
	if lo < want[0]-0.01 || hi > want[1]+0.01 || lo > 0.47 || hi < 0.53 {
		t.Errorf("%.3f to %.3f, of 400 permutations %.3f to %.3f", lo, hi, want[0], want[1])
	}
	if a, b := control(scores, positive, 3); a != lo && b != hi {
		t.Error("not the same again")
	}
}

// What is looked at is bounded, has the first and the last, and is kept while a run grows.
func TestSpread(t *testing.T) {
	var before []int
	for n := range 1000 {
		at := spread(n, maxEpochs)
		if len(at) > maxEpochs || n > 0 && (at[0] != 0 || at[len(at)-1] != n-1) || !slices.IsSorted(at) || len(slices.Compact(slices.Clone(at))) != len(at) {
			t.Fatalf("of %d: %v", n, at)
		}
		for _, e := range at[:max(0, len(at)-1)] {
			if n > 1 && e < n-2 && !slices.Contains(before, e) {
				t.Fatalf("of %d: %d is new", n, e)
			}
		}
		before = at
	}
}

// A page of a run that is updated as it trains is that of the whole run.
func TestUpdate(t *testing.T) {
	dir := trained(t, "a", 100, 1, true)
	whole := read(t, dir)
	half := read(t, dir)
	text, err := os.ReadFile(run.File(dir, run.MetricsFile))
	if err != nil || len(text) == 0 {
		t.Fatal(err)
	}
	half.Memory.Epochs, half.Memory.Mean = half.Memory.Epochs[:20], half.Memory.Mean[:20]
	half.Update()
	if !slices.Equal(whole.Memory.Epochs, half.Memory.Epochs) || !slices.Equal(whole.Memory.Few, half.Memory.Few) || len(whole.Memory.Epochs) > maxEpochs {
		t.Errorf("epochs %v, then %v", whole.Memory.Epochs, half.Memory.Epochs)
	}
}

func TestReadErrors(t *testing.T) {
	if _, err := Read(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "is not a run folder") {
		t.Errorf("error %v", err)
	}
}

// A file that is damaged is said once, however often the page is made, and the rest is shown.
func TestDamaged(t *testing.T) {
	for _, name := range []string{run.HistoryFile, run.MetricsFile, run.EvaluationsFile, run.SamplesFile, run.EnvironmentFile} {
		dir := trained(t, "a", 6, 1, true)
		if err := os.WriteFile(run.File(dir, name), []byte("damaged,\n1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		r := read(t, dir)
		r.Update()
		if text := page(t, r); strings.Count(text, name) != 1 || !strings.Contains(text, "Is it learning?") {
			t.Errorf("%s is damaged: %d times on the page", name, strings.Count(text, name))
		}
	}
}

// Values that no axis reaches are gaps.
func TestInfinite(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	c, ok := lines{Title: "t", Series: []series{{Name: "a", X: []float64{1, 2, 3}, Y: []float64{1, inf, 2}}, {Name: "band", X: []float64{1, 2, 3}, Y: []float64{0, 0, nan}, Upper: []float64{1, -inf, 1}}}}.draw()
	if text := string(c.SVG) + c.Data; !ok || c.Data == "" || strings.Contains(text, "Inf") || strings.Contains(text, "NaN") {
		t.Errorf("%v: %s", ok, text)
	}
}

// Axes name round values within the range.
func TestScale(t *testing.T) {
	for _, v := range [][]float64{{0, 1}, {4.4, 5.2}, {-3, 1e6}, {5, 5}, {0, 0}, {1e-7, 2e-7}, {math.NaN(), 2}} {
		s := newScale(v, 200, 10)
		ticks := s.ticks(5)
		if len(ticks) < 2 || len(ticks) > 9 {
			t.Errorf("%v: ticks %v", v, ticks)
		}
		for _, x := range v {
			if at := s.at(x); !math.IsNaN(x) && (at < 9.9 || at > 200.1) {
				t.Errorf("%v: %v is at %v", v, x, at)
			}
		}
	}
}

// Which class an accuracy is of is known by the data set's classes, or if its fingerprint is
// that of the sorted ones; else accuracies of classes are left out.
func TestOrderOfClasses(t *testing.T) {
	dir := trained(t, "a", 2, 1, true)
	const perClass, leftOut = "Classes, by knn", "Accuracies of single classes are left out"
	if text := page(t, read(t, dir)); strings.Contains(text, perClass) || !strings.Contains(text, leftOut) {
		t.Error("the order is not known, and accuracies are shown by it")
	}
	r := read(t, dir)
	r.Environment.Data.Fingerprint = dataset.Fingerprint(listed{r})
	if err := r.readSamples(nil); err != nil {
		t.Fatal(err)
	}
	if text := page(t, r); !strings.Contains(text, perClass) || strings.Contains(text, leftOut) {
		t.Error("the order is known, and accuracies are left out")
	}
}
