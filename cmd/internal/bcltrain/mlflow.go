package bcltrain

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/mlflow"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// experiment is the one that runs belong to, unless $MLFLOW_EXPERIMENT_NAME names another.
const experiment = "bcl"

// mlflowFile of a run folder has the run's id on the server.
const mlflowFile = "mlflow.json"

// tracker logs a run to MLflow on a goroutine of its own, which reads the run's folder: a
// server that is slow or away for a while neither holds up training nor loses a value.
type tracker struct {
	client *mlflow.Client
	name   string
	gap    time.Duration // least time between requests

	wake chan struct{}
	last chan struct{} // closed before the last time
	done chan error
	mu   sync.Mutex
	err  error // of the last try; nil again when it was made good
	said bool

	run         *mlflow.Run // nil before the server knows it; of the goroutine, as is the rest
	metrics     int         // lines that are logged
	evaluations int
}

func newTracker(url, name string) (*tracker, error) {
	c, err := mlflow.NewClient(url)
	if err != nil {
		return nil, cli.Usagef("--mlflow: %w", err)
	}
	return &tracker{client: c, name: name, gap: 2 * time.Second}, nil
}

func (t *tracker) Observe(s *session.Session, e session.Event) error {
	switch e := e.(type) {
	case session.EpochBegin:
		if t.wake == nil {
			t.wake, t.last, t.done = make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
			go t.work(s.Dir, s.Settings)
			t.notify()
		}
	case session.Epoch, session.Evaluation:
		t.notify()
		return t.warn(s)
	case session.End:
		if t.wake != nil {
			return t.end(s.Dir, e.Err)
		}
	}
	return nil
}

// notify wakes the goroutine, unless it is about to look anyway.
func (t *tracker) notify() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// warn says once that something failed, which is tried again.
func (t *tracker) warn(s *session.Session) error {
	t.mu.Lock()
	err, said := t.err, t.said
	t.said = t.said || err != nil
	t.mu.Unlock()
	if err == nil || said {
		return nil
	}
	return s.Say("warning: %v; it is tried again", err)
}

// work logs what is new each time that it is woken.
func (t *tracker) work(dir string, config []byte) {
	for {
		over := false
		select {
		case <-t.wake:
		case <-t.last:
			over = true
		}
		err := t.log(context.Background(), dir, config)
		t.mu.Lock()
		t.err = err
		t.mu.Unlock()
		if over {
			t.done <- err
			return
		}
		select {
		case <-time.After(t.gap):
		case <-t.last:
		}
	}
}

// end logs the rest, the page and how the run ended. A process that is to end waits less.
func (t *tracker) end(dir string, ended error) error {
	wait, status := 30*time.Second, "FINISHED"
	if ended != nil {
		wait, status = time.Second, "FAILED"
		if _, interrupted := errors.AsType[*cli.Interrupted](ended); interrupted {
			status = "KILLED"
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	close(t.last)
	select {
	case err := <-t.done:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return errors.New("the server has not taken all metrics in time")
	}
	if page, err := os.ReadFile(run.File(dir, run.ReportFile)); err == nil && ended == nil {
		if err := t.run.Artifact(ctx, run.ReportFile, "text/html", page); err != nil {
			return err
		}
	}
	return t.run.End(ctx, status)
}

// log logs the lines of the run's files that are new.
func (t *tracker) log(ctx context.Context, dir string, config []byte) error {
	if t.run == nil {
		if err := t.open(ctx, dir, config); err != nil {
			return err
		}
	}
	metrics, err := run.ReadMetrics(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	evaluations, err := run.ReadEvaluations(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var list []mlflow.Metric
	now := time.Now().UnixMilli()
	add := func(epoch int, key string, v float64) {
		list = append(list, mlflow.Metric{Key: key, Value: v, Timestamp: now, Step: int64(epoch)})
	}
	for _, m := range metrics[min(t.metrics, len(metrics)):] {
		for _, x := range scalars(m) {
			add(m.Epoch, x.tag, x.v)
		}
	}
	for _, e := range evaluations[min(t.evaluations, len(evaluations)):] {
		for _, x := range accuracies([]score.Result{e.Result}) {
			add(e.Epoch, x.tag, x.v)
		}
	}
	if err := t.run.Log(ctx, list); err != nil {
		return err
	}
	t.metrics, t.evaluations = len(metrics), len(evaluations)
	return nil
}

// open finds the run on the server by its id in the folder, or makes it.
func (t *tracker) open(ctx context.Context, dir string, config []byte) error {
	path := run.File(dir, mlflowFile)
	var known struct {
		ID string `json:"run_id"`
	}
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &known) == nil && known.ID != "" {
		r, err := t.client.Open(ctx, known.ID)
		if err == nil {
			t.run = r
			return nil
		}
		if e, ok := errors.AsType[*mlflow.Error](err); !ok || e.Code != "RESOURCE_DOES_NOT_EXIST" { // that of another server
			return err
		}
	}
	in := os.Getenv("MLFLOW_EXPERIMENT_NAME")
	if in == "" {
		in = experiment
	}
	r, err := t.client.Create(ctx, in, t.name, mlflow.Pair{Key: "mlflow.source.name", Value: name}, mlflow.Pair{Key: "mlflow.source.type", Value: "LOCAL"})
	if err != nil {
		return err
	}
	known.ID = r.ID
	text, err := json.Marshal(known)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	}); err != nil {
		return err
	}
	list, err := settings.Parse(config)
	if err != nil {
		return err
	}
	var params []mlflow.Pair
	for _, e := range list {
		params = append(params, mlflow.Pair{Key: e.Name, Value: e.Value})
	}
	if err := r.Params(ctx, params); err != nil {
		return err
	}
	t.run = r
	return nil
}
