package session_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

// observer calls a function.
type observer func(s *session.Session, e session.Event) error

func (f observer) Observe(s *session.Session, e session.Event) error { return f(s, e) }

// vanishing is a set whose images cannot be read any more after vanishes were.
type vanishing struct {
	dataset.Dataset
	read atomic.Int64
}

var vanishes int64

func (v *vanishing) Image(i int) (*rgb.Image, error) {
	if v.read.Add(1) > vanishes {
		return nil, errors.New("vanished")
	}
	return v.Dataset.Image(i)
}

// trained runs a session of four epochs of two steps to its end, and returns the weights.
func trained(t *testing.T, ctx context.Context, c session.Config) (weights []byte, err error) {
	t.Helper()
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	images, err := dataset.Subset(place.Train, []int{1, 200, 400, 600, 800, 900})
	if err != nil {
		t.Fatal(err)
	}
	if vanishes > 0 {
		images = &vanishing{Dataset: images}
	}
	of := train.Default(method.BCLD)
	of.Epochs, of.Warmup, of.Batch, of.LR = 4, 1, 3, 0.05
	c.Settings, c.KeepLast = []byte("epochs: 4\n"), 2
	c.Data = run.Data{Fingerprint: dataset.Fingerprint(images), Samples: images.Len()}
	c.Samples = func(row int) (name, class string) { return images.Name(row), "" }
	start, err := session.Find(c)
	if err != nil {
		return nil, err
	}
	err = torch.Do(func() error {
		encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 10}
		recipe := augment.CIFAR(8).With(augment.Boost{K: 2, R: 30})
		tr, err := train.New(of, encoder, views.Images(images, recipe, 1), torch.CPU)
		if err != nil {
			return err
		}
		s, err := session.Open(c, start, tr)
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.Run(ctx); err != nil {
			return err
		}
		for _, n := range nn.StateDict(tr.Net) {
			weights = append(weights, n.Tensor.Bytes()...)
		}
		return nil
	})
	return weights, err
}

// Observers get the events in order; a run that is interrupted after any step and resumed
// ends like an uninterrupted one, with the same metrics.
func TestResume(t *testing.T) {
	var events []string
	whole := filepath.Join(t.TempDir(), "whole")
	want, err := trained(t, context.Background(), session.Config{Dir: whole, Observers: []session.Observer{observer(func(_ *session.Session, e session.Event) error {
		switch e.(type) {
		case session.EpochBegin:
			events = append(events, "begin")
		case session.Step:
			events = append(events, "step")
		case session.Epoch:
			events = append(events, "epoch")
		}
		return nil
	})}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(events, slices.Repeat([]string{"begin", "step", "step", "epoch"}, 4)) {
		t.Errorf("events %v", events)
	}
	for leave := 1; leave < 8; leave++ {
		dir := filepath.Join(t.TempDir(), "cut")
		ctx, cancel := context.WithCancelCause(context.Background())
		enough := errors.New("enough")
		_, err := trained(t, ctx, session.Config{Dir: dir, Observers: []session.Observer{observer(func(_ *session.Session, e session.Event) error {
			if step, ok := e.(session.Step); ok && step.Done == leave {
				cancel(enough)
			}
			return nil
		})}})
		if err != enough {
			t.Fatalf("interrupted after step %d: error %v", leave, err)
		}
		got, err := trained(t, context.Background(), session.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("interrupted after step %d: other weights than those of an uninterrupted run", leave)
		}
		for _, name := range run.HistoryFiles() {
			a, _ := os.ReadFile(run.File(whole, name))
			b, err := os.ReadFile(run.File(dir, name))
			if err != nil || !bytes.Equal(a, b) {
				t.Errorf("interrupted after step %d: another %s; error %v", leave, name, err)
			}
		}
	}
}

// A run that is resumed checks what names its samples.
func TestSamplesChecked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	ctx, cancel := context.WithCancel(context.Background())
	stop := observer(func(_ *session.Session, e session.Event) error {
		if step, ok := e.(session.Step); ok && step.Done == 3 {
			cancel()
		}
		return nil
	})
	if _, err := trained(t, ctx, session.Config{Dir: dir, Observers: []session.Observer{stop}}); err == nil {
		t.Fatal("not interrupted")
	}
	path := run.File(dir, run.SamplesFile)
	want, err := os.ReadFile(path)
	if err != nil || bytes.Count(want, []byte("\n")) != 7 {
		t.Fatalf("%q, %v", want, err)
	}
	if err := os.WriteFile(path, want[:len(want)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := trained(t, context.Background(), session.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	log, _ := os.ReadFile(run.File(dir, run.LogFile))
	if got, _ := os.ReadFile(path); !bytes.Equal(got, want) || !strings.Contains(string(log), "samples.csv did not list the samples of this run") {
		t.Errorf("%s\nlog: %s", got, log)
	}
}

// An observer that fails ends the session with its error, and the trained steps are
// saved.
func TestObserverFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	full := errors.New("no room")
	_, err := trained(t, context.Background(), session.Config{Dir: dir, Observers: []session.Observer{observer(func(_ *session.Session, e session.Event) error {
		if step, ok := e.(session.Step); ok && step.Done == 3 {
			return full
		}
		return nil
	})}})
	if !errors.Is(err, full) {
		t.Fatalf("error %v", err)
	}
	var first string
	_, err = trained(t, context.Background(), session.Config{Dir: dir, Observers: []session.Observer{observer(func(s *session.Session, e session.Event) error {
		if _, ok := e.(session.EpochBegin); ok && first == "" {
			first = strings.Repeat("step ", s.Trainer.Step)
		}
		return nil
	})}})
	if err != nil || first != "step step step " {
		t.Errorf("resumed after %q, error %v", first, err)
	}
}

// Without Compare the settings must be the same, and so must the data.
func TestOtherSettings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	if _, err := trained(t, context.Background(), session.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(run.File(dir, run.ConfigFile), []byte("epochs: 5\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := trained(t, context.Background(), session.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "the settings have changed") {
		t.Errorf("other settings: error %v", err)
	}
}

// Whatever is asked for, of a live run it is said that it is in use, before anything else.
func TestFindInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "live")
	d, err := run.Create(dir, []byte("epochs: 9\n"), nil, run.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, resume := range []session.Resume{{}, {Newest: true}, {From: dir}} {
		_, err := session.Find(session.Config{Dir: dir, Settings: []byte("epochs: 4\n"), KeepLast: 1, Resume: resume})
		if err == nil || !strings.Contains(err.Error(), dir+" is in use by another process") {
			t.Errorf("%+v: error %v", resume, err)
		}
	}
}

// Where images cannot be read any more the step before is saved, and the run is resumed
// from it to the end of a whole one.
func TestImagesVanish(t *testing.T) {
	want, err := trained(t, context.Background(), session.Config{Dir: filepath.Join(t.TempDir(), "whole")})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "cut")
	steps := 0
	count := observer(func(_ *session.Session, e session.Event) error {
		if _, ok := e.(session.Step); ok {
			steps++
		}
		return nil
	})
	vanishes = 6*2 + 3 // images of two epochs and of a step
	_, err = trained(t, context.Background(), session.Config{Dir: dir, Observers: []session.Observer{count}})
	vanishes = 0
	if err == nil || !strings.Contains(err.Error(), "vanished") || steps == 0 || steps == 8 {
		t.Fatalf("%d steps, error %v", steps, err)
	}
	if text, err := os.ReadFile(run.File(dir, run.LogFile)); err != nil || !strings.Contains(string(text), "where it can be resumed") {
		t.Errorf("not said that it was saved: %s, error %v", text, err)
	}
	got, err := trained(t, context.Background(), session.Config{Dir: dir, Observers: []session.Observer{count}})
	if err != nil || !bytes.Equal(got, want) || steps != 8 {
		t.Errorf("resumed: %d steps in all, want the 8 of a whole run with the same weights; error %v", steps, err)
	}
}

// The last event is the end, with what the run ended with; a config that cannot be is
// refused before anything is touched.
func TestEndAndCheck(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	var last session.Event
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	cancel(enough)
	watch := observer(func(_ *session.Session, e session.Event) error { last = e; return nil })
	if _, err := trained(t, ctx, session.Config{Dir: dir, Observers: []session.Observer{watch}}); err != enough {
		t.Fatalf("error %v", err)
	}
	if end, ok := last.(session.End); !ok || end.Err != enough {
		t.Errorf("the last event is %#v", last)
	}
	if text, err := os.ReadFile(run.File(dir, run.LogFile)); err != nil || !strings.HasSuffix(string(text), " enough\n") {
		t.Errorf("the log is %q, error %v", text, err)
	}
	if _, err := trained(t, context.Background(), session.Config{Dir: dir, Observers: []session.Observer{watch}}); err != nil || last != (session.End{}) {
		t.Errorf("resumed: the last event is %#v, error %v", last, err)
	}
	for name, c := range map[string]session.Config{"Dir": {KeepLast: 1}, "KeepLast": {Dir: dir}, "KeepEvery": {Dir: dir, KeepLast: 1, KeepEvery: -1}, "SaveEvery": {Dir: dir, KeepLast: 1, SaveEvery: -1}, "SaveGap": {Dir: dir, KeepLast: 1, SaveGap: -1}} {
		if _, err := session.Find(c); err == nil || !strings.HasPrefix(err.Error(), name+" is ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Where epochs are short, checkpoints are written by time: the first, the last, and where
// the run is interrupted.
func TestSaveGap(t *testing.T) {
	want, err := trained(t, context.Background(), session.Config{Dir: filepath.Join(t.TempDir(), "plain")})
	if err != nil {
		t.Fatal(err)
	}
	epochOf := func(path string) int {
		c, err := checkpoint.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return c.Epoch
	}
	dir := filepath.Join(t.TempDir(), "gap")
	gap := session.Config{Dir: dir, SaveGap: time.Hour}
	got, err := trained(t, context.Background(), gap)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("other weights, error %v", err)
	}
	if last, before := epochOf(run.File(dir, run.CheckpointFile)), epochOf(run.File(dir, run.PreviousFile)); last != 4 || before != 1 {
		t.Errorf("checkpoints of epochs %d and %d, want 4 and 1", last, before)
	}

	// A process that is killed in epoch 3 has the checkpoint of epoch 1.
	dir = filepath.Join(t.TempDir(), "killed")
	copied := filepath.Join(t.TempDir(), "copy")
	gap.Dir = dir
	gap.Observers = []session.Observer{observer(func(s *session.Session, e session.Event) error {
		if step, ok := e.(session.Step); ok && step.Done == 5 {
			return os.CopyFS(copied, os.DirFS(dir))
		}
		return nil
	})}
	if _, err := trained(t, context.Background(), gap); err != nil {
		t.Fatal(err)
	}
	if n, err := run.Epochs(copied); err != nil || n != 2 || epochOf(run.File(copied, run.CheckpointFile)) != 1 {
		t.Fatalf("metrics of %d epochs, error %v", n, err)
	}
	gap.Dir, gap.Observers = copied, nil
	if got, err = trained(t, context.Background(), gap); err != nil || !bytes.Equal(got, want) {
		t.Errorf("killed: other weights, error %v", err)
	}
}

// An evaluation that is interrupted loses no epoch, however long it is since the last save.
func TestSaveGapEvaluate(t *testing.T) {
	want, err := trained(t, context.Background(), session.Config{Dir: filepath.Join(t.TempDir(), "plain")})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "gap")
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	c := session.Config{Dir: dir, SaveGap: time.Hour, EvaluateEvery: 3, Evaluate: func(ctx context.Context, _ model.Network, _ func(string, int, int)) ([]score.Result, error) {
		cancel(enough)
		return nil, ctx.Err()
	}}
	if _, err := trained(t, ctx, c); err != enough {
		t.Fatalf("error %v", err)
	}
	if saved, err := checkpoint.Load(run.File(dir, run.CheckpointFile)); err != nil || saved.Epoch != 3 {
		t.Errorf("the checkpoint is not of epoch 3: %v, %v", saved, err)
	}
	got, err := trained(t, context.Background(), session.Config{Dir: dir})
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("other weights, error %v", err)
	}
}
