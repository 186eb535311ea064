package mlflow

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"time"
)

// Pair is a parameter or a tag.
type Pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Metric is a number at a step.
type Metric struct {
	Key       string  `json:"key"`
	Value     float64 `json:"value"`
	Timestamp int64   `json:"timestamp"` // milliseconds since 1970
	Step      int64   `json:"step"`
}

// Run is a run on a server.
type Run struct {
	ID         string
	Experiment string // its number

	client *Client
	last   int64 // step of the newest metric when it was opened
}

// Limits of MLflow's interface.
const (
	maxMetrics = 1000 // of a request
	maxParams  = 100
	maxKey     = 250  // bytes of a name
	maxValue   = 6000 // of a parameter's value
)

// Create makes a run in an experiment, which is made if there is none of that name.
func (c *Client) Create(ctx context.Context, experiment, name string, tags ...Pair) (*Run, error) {
	id, err := c.experiment(ctx, experiment)
	if err != nil {
		return nil, err
	}
	var got struct {
		Run struct {
			Info struct {
				ID string `json:"run_id"`
			} `json:"info"`
		} `json:"run"`
	}
	err = c.call(ctx, "POST", "runs/create", map[string]any{"experiment_id": id, "run_name": name, "start_time": time.Now().UnixMilli(), "tags": append([]Pair{}, tags...)}, &got)
	if err == nil && got.Run.Info.ID == "" {
		err = errors.New("MLflow's server gave the run no id")
	}
	return &Run{ID: got.Run.Info.ID, Experiment: id, client: c}, err
}

func (c *Client) experiment(ctx context.Context, name string) (string, error) {
	var got struct {
		Experiment struct {
			ID string `json:"experiment_id"`
		} `json:"experiment"`
		ID string `json:"experiment_id"`
	}
	err := c.call(ctx, "GET", "experiments/get-by-name?experiment_name="+url.QueryEscape(name), nil, &got)
	if e, ok := errors.AsType[*Error](err); ok && e.Code == "RESOURCE_DOES_NOT_EXIST" {
		err = c.call(ctx, "POST", "experiments/create", map[string]string{"name": name}, &got)
		return got.ID, err
	}
	return got.Experiment.ID, err
}

// Open continues a run by its id. The server keeps every value that it gets, so of a run that
// is resumed [Run.Log] leaves out the steps that it has.
func (c *Client) Open(ctx context.Context, id string) (*Run, error) {
	var got struct {
		Run struct {
			Info struct {
				Experiment string `json:"experiment_id"`
			} `json:"info"`
			Data struct {
				Metrics []Metric `json:"metrics"`
			} `json:"data"`
		} `json:"run"`
	}
	if err := c.call(ctx, "GET", "runs/get?run_id="+url.QueryEscape(id), nil, &got); err != nil {
		return nil, err
	}
	r := &Run{ID: id, Experiment: got.Run.Info.Experiment, client: c}
	for _, m := range got.Run.Data.Metrics {
		r.last = max(r.last, m.Step)
	}
	return r, r.update(ctx, map[string]any{"run_id": id, "status": "RUNNING"})
}

// Params logs parameters, which cannot be changed later. Those that are longer than MLflow
// allows are cut.
func (r *Run) Params(ctx context.Context, params []Pair) error {
	for len(params) > 0 {
		n := min(maxParams, len(params))
		some := make([]Pair, n)
		for i, p := range params[:n] {
			some[i] = Pair{cut(p.Key, maxKey), cut(p.Value, maxValue)}
		}
		if err := r.batch(ctx, some, nil); err != nil {
			return err
		}
		params = params[n:]
	}
	return nil
}

// Log logs metrics. NaN and infinite values, which JSON does not have, are left out.
func (r *Run) Log(ctx context.Context, metrics []Metric) error {
	var some []Metric
	for _, m := range metrics {
		if m.Step > r.last && !math.IsNaN(m.Value) && !math.IsInf(m.Value, 0) {
			m.Key = cut(m.Key, maxKey)
			some = append(some, m)
		}
	}
	for len(some) > 0 {
		n := min(maxMetrics, len(some))
		if err := r.batch(ctx, nil, some[:n]); err != nil {
			return err
		}
		some = some[n:]
	}
	return nil
}

// batch sends lists that are never null: the server takes null for an error of its own.
func (r *Run) batch(ctx context.Context, params []Pair, metrics []Metric) error {
	return r.client.call(ctx, "POST", "runs/log-batch", map[string]any{"run_id": r.ID, "params": append([]Pair{}, params...), "metrics": append([]Metric{}, metrics...)}, nil)
}

// Artifact uploads a file, through a server that keeps artifacts itself, as "mlflow server"
// does.
func (r *Run) Artifact(ctx context.Context, name, kind string, data []byte) error {
	path := fmt.Sprintf("/api/2.0/mlflow-artifacts/artifacts/%s/%s/artifacts/%s", url.PathEscape(r.Experiment), url.PathEscape(r.ID), url.PathEscape(name))
	_, err := r.client.send(ctx, "PUT", path, kind, data)
	return err
}

// End ends the run as FINISHED, FAILED or KILLED.
func (r *Run) End(ctx context.Context, status string) error {
	return r.update(ctx, map[string]any{"run_id": r.ID, "status": status, "end_time": time.Now().UnixMilli()})
}

func (r *Run) update(ctx context.Context, fields map[string]any) error {
	return r.client.call(ctx, "POST", "runs/update", fields, nil)
}

// cut shortens a text to n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
