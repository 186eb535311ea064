package mlflow

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// server answers as MLflow does, as far as a client of one run sees.
type server struct {
	sync.Mutex
	experiments map[string]string
	metrics     []Metric
	params      map[string]string
	files       map[string]string
	status      string
	requests    int
	auth        string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Lock()
	defer s.Unlock()
	s.requests++
	s.auth = r.Header.Get("Authorization")
	body, _ := io.ReadAll(r.Body)
	var in struct {
		Name    string
		Status  string
		Params  *[]Pair
		Metrics *[]Metric
	}
	json.Unmarshal(body, &in)
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error_code": %q, "message": "said by the test"}`, code)
	}
	const api = "/api/2.0/mlflow/"
	switch path := strings.TrimPrefix(r.URL.Path, api); {
	case path == "experiments/get-by-name":
		id, ok := s.experiments[r.URL.Query().Get("experiment_name")]
		if !ok {
			refuse(404, "RESOURCE_DOES_NOT_EXIST")
			return
		}
		fmt.Fprintf(w, `{"experiment": {"experiment_id": %q}}`, id)
	case path == "experiments/create":
		s.experiments[in.Name] = "7"
		fmt.Fprint(w, `{"experiment_id": "7"}`)
	case path == "runs/create":
		fmt.Fprint(w, `{"run": {"info": {"run_id": "abc"}}}`)
	case path == "runs/get":
		text, _ := json.Marshal(s.metrics)
		fmt.Fprintf(w, `{"run": {"info": {"experiment_id": "7"}, "data": {"metrics": %s}}}`, text)
	case path == "runs/update":
		s.status = in.Status
		fmt.Fprint(w, `{}`)
	case path == "runs/log-batch":
		if in.Params == nil || in.Metrics == nil || len(*in.Metrics) > maxMetrics || len(*in.Params) > maxParams {
			refuse(500, "INTERNAL_ERROR")
			return
		}
		s.metrics = append(s.metrics, *in.Metrics...)
		for _, p := range *in.Params {
			s.params[p.Key] = p.Value
		}
		fmt.Fprint(w, `{}`)
	case r.Method == "PUT":
		s.files[r.URL.Path] = string(body)
		fmt.Fprint(w, `{}`)
	default:
		refuse(404, "ENDPOINT_NOT_FOUND")
	}
}

func start(t *testing.T) (*server, *Client) {
	t.Helper()
	s := &server{experiments: map[string]string{}, params: map[string]string{}, files: map[string]string{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	c, err := NewClient(strings.Replace(h.URL, "://", "://me:secret@", 1) + "/")
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestRun(t *testing.T) {
	s, c := start(t)
	ctx := context.Background()
	r, err := c.Create(ctx, "photos", "a", Pair{"mlflow.source.name", "test"})
	if err != nil || r.ID != "abc" || r.Experiment != "7" || !strings.HasPrefix(s.auth, "Basic ") {
		t.Fatalf("%+v, authorization %q, error %v", r, s.auth, err)
	}
	var params []Pair
	for i := range 230 {
		params = append(params, Pair{fmt.Sprint("p", i), "v"})
	}
	params[0].Value = strings.Repeat("é", maxValue)
	if err := r.Params(ctx, params); err != nil || len(s.params) != 230 || len(s.params["p0"]) > maxValue || strings.Contains(s.params["p0"], "\ufffd") {
		t.Errorf("%d parameters, error %v", len(s.params), err)
	}
	var metrics []Metric
	for i := range 2500 {
		metrics = append(metrics, Metric{"loss", 1, time.Now().UnixMilli(), int64(i + 1)})
	}
	metrics[3].Value = math.NaN()
	if err := r.Log(ctx, metrics); err != nil || len(s.metrics) != 2499 {
		t.Errorf("%d metrics, error %v", len(s.metrics), err)
	}
	if err := r.Artifact(ctx, "report.html", "text/html", []byte("x")); err != nil || s.files["/api/2.0/mlflow-artifacts/artifacts/7/abc/artifacts/report.html"] != "x" {
		t.Errorf("files %v, error %v", s.files, err)
	}
	if err := r.End(ctx, "FINISHED"); err != nil || s.status != "FINISHED" {
		t.Errorf("status %s, error %v", s.status, err)
	}

	again, err := c.Open(ctx, "abc")
	if err != nil || s.status != "RUNNING" {
		t.Fatalf("status %s, error %v", s.status, err)
	}
	if err := again.Log(ctx, []Metric{{Key: "loss", Step: 2500}, {Key: "loss", Step: 2501}}); err != nil || len(s.metrics) != 2500 {
		t.Errorf("resumed: %d metrics, error %v", len(s.metrics), err)
	}
	if _, err := c.Create(ctx, "photos", "b"); err != nil || len(s.experiments) != 1 {
		t.Errorf("experiments %v, error %v", s.experiments, err)
	}
}

func TestErrors(t *testing.T) {
	for _, address := range []string{"", "file:///x", "localhost:5000", "http://", "http://a:%zz@b"} {
		if _, err := NewClient(address); err == nil || strings.Contains(err.Error(), "%zz") {
			t.Errorf("%q: error %v", address, err)
		}
	}
	s, c := start(t)
	err := c.call(context.Background(), "GET", "nothing", nil, nil)
	if err == nil || !strings.Contains(err.Error(), "404 ENDPOINT_NOT_FOUND: said by the test") {
		t.Errorf("error %v", err)
	}
	if err := (&Run{ID: "abc", client: c}).batch(context.Background(), nil, make([]Metric, maxMetrics+1)); err == nil {
		t.Error("too many metrics: no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Create(ctx, "a", "b"); err == nil || s.requests != 2 {
		t.Errorf("a context that has ended: %d requests, error %v", s.requests, err)
	}
	if cut("aé", 2) != "a" {
		t.Errorf("%q", cut("aé", 2))
	}
}
