package run

import (
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
)

// What a run writes is read back, except a truncated line.
func TestReadBack(t *testing.T) {
	d := create(t)
	if _, err := ReadEvaluations(d.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no evaluations: error %v", err)
	}
	want := []Metrics{{Epoch: 1, Step: 7, Loss: 2.5, Seconds: 3, Weights: [5]float64{0, 0.25, 0.5, 0.75, 1}}, {Epoch: 2, Step: 14, Resumed: true, Auxiliary: map[string]float64{"harmony": 1, "other": 0.5}}}
	for _, m := range want {
		if err := d.Metric(m); err != nil {
			t.Fatal(err)
		}
	}
	right := score.Result{Classifier: "knn", Images: 5, Accuracy: score.Accuracy{Top1: 40, Groups: [3]score.Percent{50, 40, 30}, Std: 8, PerClass: []score.Percent{40}}}
	if err := d.Evaluations(Evaluation{2, right}); err != nil {
		t.Fatal(err)
	}
	for _, name := range perEpoch {
		tear(t, d.File(name))
	}
	if got, err := ReadMetrics(d.Path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("metrics %+v, error %v", got, err)
	}
	if text := read(t, d.File(MetricsFile)); !strings.Contains(text, `,"harmony_loss":1,"other_loss":0.5}`) {
		t.Errorf("metrics %s", text)
	}
	if got, err := ReadEvaluations(d.Path); err != nil || !reflect.DeepEqual(got, []Evaluation{{2, right}}) {
		t.Errorf("evaluations %+v, error %v", got, err)
	}
	if n, err := Epochs(d.Path); n != 2 || err != nil {
		t.Errorf("metrics of %d epochs, error %v", n, err)
	}
	if n, err := Epochs(t.TempDir()); n != 0 || err != nil {
		t.Errorf("no metrics: of %d epochs, error %v", n, err)
	}
	if e, err := ReadEnvironment(d.Path); err != nil || e != (Environment{Go: "go1"}) {
		t.Errorf("environment %+v, error %v", e, err)
	}
	if c, err := ReadConfig(d.Path); err != nil || c.Get("lr") != "1" {
		t.Errorf("config %v, error %v", c, err)
	}
	for name, read := range map[string]func() error{
		MetricsFile + ": line 1:": func() error { _, err := ReadMetrics(d.Path); return err },
		EnvironmentFile + ":":     func() error { _, err := ReadEnvironment(d.Path); return err },
		ConfigFile + ":":          func() error { _, err := ReadConfig(d.Path); return err },
	} {
		file, _, _ := strings.Cut(name, ":")
		if err := os.WriteFile(d.File(file), []byte("[\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := read(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
