package repro

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// The state of a unit by the folder of its run.
func TestState(t *testing.T) {
	remove := func(t *testing.T, dir string, names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, dir string)
		want string // of State.String, a regular expression
		more State  // Epochs, Empty
	}{
		{"nothing", func(t *testing.T, dir string) {}, "to do", State{}},
		{"an empty folder", func(t *testing.T, dir string) { put(t, filepath.Join(dir, "x"), ""); remove(t, dir, "x") }, "to do", State{}},
		{"half a config", func(t *testing.T, dir string) { put(t, filepath.Join(dir, ".config.yaml.1.tmp"), "") }, "to do", State{}},
		{"something else", func(t *testing.T, dir string) { put(t, filepath.Join(dir, "diary.txt"), "") }, "conflict: .* has no config.yaml: it is not a run", State{}},
		{"not a config", func(t *testing.T, dir string) { put(t, filepath.Join(dir, run.ConfigFile), "[") }, "conflict: .*config.yaml: expected lines", State{}},
		{"other settings", func(t *testing.T, dir string) {
			putRun(t, dir, 1)
			put(t, filepath.Join(dir, run.ConfigFile), strings.Replace(trained, "0.50", "0.6", 1))
		}, "conflict: lr: 0.6 there, the plan has 0.5", State{}},
		{"cut off", func(t *testing.T, dir string) { putRun(t, dir, 1) }, "cut off after epoch 1", State{Epochs: 1}},
		{"trained", func(t *testing.T, dir string) { putRun(t, dir, 2) }, "trained, 0 evaluations there", State{Epochs: 2}},
		{"trained, without the newest", func(t *testing.T, dir string) {
			putRun(t, dir, 2)
			if err := os.Rename(filepath.Join(dir, run.CheckpointFile), filepath.Join(dir, run.PreviousFile)); err != nil {
				t.Fatal(err)
			}
		}, "trained, 0 evaluations there", State{Epochs: 2}},
		{"the newest is damaged", func(t *testing.T, dir string) {
			putRun(t, dir, 2)
			putCheckpoint(t, filepath.Join(dir, run.PreviousFile), 1)
			put(t, filepath.Join(dir, run.CheckpointFile), "half")
		}, "cut off after epoch 1", State{Epochs: 1}},
		{"the only one is damaged", func(t *testing.T, dir string) {
			putRun(t, dir, 2)
			put(t, filepath.Join(dir, run.CheckpointFile), "half")
		}, "conflict: .*model.pt: ", State{}},
		{"begun", func(t *testing.T, dir string) { putRun(t, dir, 0) }, "to do", State{Empty: true}},
		{"two epochs, nothing saved", func(t *testing.T, dir string) { putRun(t, dir, 2); remove(t, dir, run.CheckpointFile) }, "to do", State{Empty: true}},
		{"three epochs, nothing saved", func(t *testing.T, dir string) { putRun(t, dir, 3); remove(t, dir, run.CheckpointFile) }, "conflict: .* has metrics of 3 epochs but no checkpoint", State{}},
		{"one that was kept", func(t *testing.T, dir string) {
			putRun(t, dir, 0)
			putCheckpoint(t, filepath.Join(dir, run.KeptName(1)), 1)
		}, "conflict: .* has no good model.pt, but model_1.pt: copy", State{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, u := unitOf(t, trio)
			c.make(t, plan.Run(u))
			s, err := plan.State(u)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile("^"+c.want).MatchString(s.String()) || s.Epochs != c.more.Epochs || s.Empty != c.more.Empty {
				t.Errorf("%v, %d epochs, empty %v; want %s, %d, %v", s, s.Epochs, s.Empty, c.want, c.more.Epochs, c.more.Empty)
			}
			if resumes := s.Status == CutOff || s.Status == Trained; resumes != (s.Run.Get("threads") == "2") {
				t.Errorf("settings of the run %v", s.Run)
			}
		})
	}
}

// An evaluation is valid for the checkpoint, the lists and the settings that it was made
// with.
func TestEvaluated(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, plan *Plan, u *Unit, r *Record)
		want   string
	}{
		{"done", func(t *testing.T, plan *Plan, u *Unit, r *Record) {}, "done"},
		{"no record", func(t *testing.T, plan *Plan, u *Unit, r *Record) { os.Remove(plan.RecordPath(u)) }, "trained, 0"},
		{"not a record", func(t *testing.T, plan *Plan, u *Unit, r *Record) { put(t, plan.RecordPath(u), "{") }, "conflict: .*eval.json"},
		{"another checkpoint", func(t *testing.T, plan *Plan, u *Unit, r *Record) {
			putCheckpoint(t, filepath.Join(plan.Run(u), run.CheckpointFile), 3)
		}, "trained, 0"},
		{"other settings of training", func(t *testing.T, plan *Plan, u *Unit, r *Record) { r.Train = r.Train.With("width", "64") }, "conflict: width: 64 there, the plan does not set it"},
		{"another list to train on", func(t *testing.T, plan *Plan, u *Unit, r *Record) { list(t, plan, "s.npy") }, "conflict: it was trained on another .*s.npy"},
		{"another list to test on", func(t *testing.T, plan *Plan, u *Unit, r *Record) { list(t, plan, "test.txt") }, "trained, 0"},
		{"another list to fit on", func(t *testing.T, plan *Plan, u *Unit, r *Record) { list(t, plan, "b.npy") }, "trained, 0"},
		{"other settings of evaluation", func(t *testing.T, plan *Plan, u *Unit, r *Record) {
			r.Results[0].Eval = r.Results[0].Eval.With("probe-epochs", "6")
		}, "trained, 0"},
		{"another number of threads", func(t *testing.T, plan *Plan, u *Unit, r *Record) {
			r.Results[0].Eval = r.Results[0].Eval.With("threads", "6")
		}, "done"},
		{"another protocol of that name", func(t *testing.T, plan *Plan, u *Unit, r *Record) { r.Results[0].Specs[1].Shots = 6 }, "trained, 0"},
		{"the first protocol by the probe alone", func(t *testing.T, plan *Plan, u *Unit, r *Record) {
			r.Results[0].Eval = r.Results[0].Eval.With("by", score.Probe)
		}, "trained, 0"},
		{"one protocol of three", func(t *testing.T, plan *Plan, u *Unit, r *Record) { keep(t, plan, u, r, "list") }, "trained, 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, u := unitOf(t, trio)
			putRun(t, plan.Run(u), 2)
			r := putRecord(t, plan, u)
			before, err := os.ReadFile(plan.RecordPath(u))
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, plan, u, r)
			if now, err := os.ReadFile(plan.RecordPath(u)); err == nil && string(now) == string(before) {
				if err := r.Write(plan.RecordPath(u)); err != nil {
					t.Fatal(err)
				}
			}
			s, err := plan.State(u)
			if err != nil || !regexp.MustCompile("^"+c.want).MatchString(s.String()) {
				t.Errorf("%v, error %v; want %s", s, err, c.want)
			}
		})
	}
}

// list replaces a list by another.
func list(t *testing.T, plan *Plan, name string) {
	t.Helper()
	if err := dataset.WriteIndexList(filepath.Join(plan.Splits, name), []int{9}); err != nil {
		t.Fatal(err)
	}
}

// keep keeps some protocols in a record's only result.
func keep(t *testing.T, plan *Plan, u *Unit, r *Record, names ...string) {
	t.Helper()
	x := &r.Results[0]
	x.Protocol, x.Specs = strings.Join(names, ","), u.Part.named(names)
	var err error
	if x.Lists, err = plan.lists(x.Specs); err != nil {
		t.Fatal(err)
	}
}
