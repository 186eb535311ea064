package repro

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
)

// The figures of a finished unit, and its times.
func TestCollect(t *testing.T) {
	plan, u := unitOf(t, trio)
	putRun(t, plan.Run(u), 2)
	putRecord(t, plan, u)
	table, err := plan.Collect()
	if err != nil || len(table.Runs) != 1 || len(table.Missing) != 0 {
		t.Fatalf("%+v, error %v", table, err)
	}
	r := table.Runs[0]
	want := map[string]float64{"list": 30, KNN: 30, Medium: 20, Few: 10, Balance: 5, TailAUC: 0.75,
		"drawn": 31, "drawn Medium": 20, "drawn Few": 10, "drawn balance": 5, "ten": 32, "ten Medium": 20, "ten Few": 10, "ten balance": 5}
	if !maps.Equal(r.Figures, want) {
		t.Errorf("figures %v", r.Figures)
	}
	if r.Unit != "p/s/bcl-i-7" || r.Epochs != 2 || r.TrainSeconds != 3 || r.EvalSeconds != 60 || r.Evaluated.IsZero() || r.Environment != (run.Environment{BCL: "v1", Cores: 4, Device: "cpu"}) {
		t.Errorf("%+v", r)
	}
	put(t, filepath.Join(plan.Run(u), run.EnvironmentFile), "{")
	if _, err := plan.Collect(); err == nil || !strings.Contains(err.Error(), "p/s/bcl-i-7: ") || !strings.Contains(err.Error(), run.EnvironmentFile) {
		t.Errorf("half an environment: error %v", err)
	}
	if err := plan.Add(&Record{}, u.Tasks()[0], []byte("{}"), 0); err == nil || !strings.Contains(err.Error(), "output of bcl-eval: no rows") {
		t.Errorf("no output: error %v", err)
	}
}

// Records of earlier versions are valid: they have the protocols as flags in the
// settings, rows named by numbers of images, and a separate call for draws next to lists.
func TestRecordOfEarlierVersions(t *testing.T) {
	plan, u := unitOf(t, trio)
	putRun(t, plan.Run(u), 2)
	r, err := plan.newRecord(u, run.CheckpointFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []struct {
		names  string
		eval   settings.List
		output []byte
	}{
		{"list,ten", u.Eval.With("shots", "full,10"), output("full", "10-shot")},
		{"drawn", u.Eval.With("by", score.Probe).With("shots", "5"), output("5-shot")},
	} {
		lists, err := plan.lists(u.Part.named(strings.Split(call.names, ",")))
		if err != nil {
			t.Fatal(err)
		}
		r.Results = append(r.Results, Result{Protocol: call.names, Lists: lists, Eval: call.eval, At: time.Now(), Output: call.output})
	}
	if err := r.Write(plan.RecordPath(u)); err != nil {
		t.Fatal(err)
	}
	s, err := plan.State(u)
	if err != nil || s.Status != Done {
		t.Fatalf("%v, error %v", s, err)
	}
	of, err := plan.collect(u, s)
	if err != nil || of.Figures["list"] != 30 || of.Figures["ten"] != 31 || of.Figures["drawn"] != 30 || of.Figures[KNN] != 30 || of.Figures["ten Few"] != 10 {
		t.Errorf("figures %v, error %v", of, err)
	}
	// Another number of subsets, or of images, is another protocol.
	u.Part.Protocols[1].Subsets = 3
	if s, err := plan.State(u); err != nil || s.Status != Trained || len(s.Record.Results) != 1 {
		t.Errorf("with another number of subsets: %v, error %v", s, err)
	}
	u.Part.Protocols[1].Subsets = 5 // the default of those versions
	if s, err := plan.State(u); err != nil || s.Status != Done {
		t.Errorf("with their number of subsets: %v, error %v", s, err)
	}
	u.Part.Protocols[1].Shots = 6
	if s, err := plan.State(u); err != nil || s.Status != Trained || len(s.Record.Results) != 1 || len(u.Missing(s.Record)) != 1 || u.Missing(s.Record)[0].Name() != "drawn" {
		t.Errorf("with other shots: %v, error %v", s, err)
	}
}
