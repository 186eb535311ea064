package bcltrain

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// fakeMLflow keeps what it is sent; the first requests may fail.
type fakeMLflow struct {
	sync.Mutex
	fail    int
	runs    int
	metrics []struct {
		Key  string
		Step int64
	}
	params  map[string]string
	status  string
	uploads int
}

func (f *fakeMLflow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Lock()
	defer f.Unlock()
	if f.fail > 0 {
		f.fail--
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	text, _ := io.ReadAll(r.Body)
	if r.Method == http.MethodPut {
		f.uploads++
		fmt.Fprint(w, "{}")
		return
	}
	var in struct {
		Status  string
		Params  []struct{ Key, Value string }
		Metrics []struct {
			Key  string
			Step int64
		}
	}
	json.Unmarshal(text, &in)
	switch filepath.Base(r.URL.Path) {
	case "get-by-name":
		fmt.Fprint(w, `{"experiment": {"experiment_id": "1"}}`)
	case "create":
		f.runs++
		fmt.Fprint(w, `{"run": {"info": {"run_id": "abc"}}}`)
	case "get":
		list, _ := json.Marshal(map[string]any{"run": map[string]any{"data": map[string]any{"metrics": f.metrics}}})
		w.Write(list)
	default:
		f.metrics = append(f.metrics, in.Metrics...)
		for _, p := range in.Params {
			f.params[p.Key] = p.Value
		}
		if in.Status != "" {
			f.status = in.Status
		}
		fmt.Fprint(w, "{}")
	}
}

// count is how often a metric was logged.
func (f *fakeMLflow) count(key string) (n int) {
	for _, m := range f.metrics {
		if m.Key == key {
			n++
		}
	}
	return n
}

// A run is logged whole, by a server that fails at first too; a run that is resumed is the
// same one, and has each step once. A server that is not there ends nothing.
func TestMLflow(t *testing.T) {
	f := &fakeMLflow{fail: 1, params: map[string]string{}}
	h := httptest.NewServer(f)
	defer h.Close()
	save := t.TempDir()
	args := func(more ...string) []string {
		return small(t, "x", save, append([]string{"--save-freq", "1", "--eval-freq", "1", "--eval-by", "knn", "--mlflow", h.URL}, more...)...)
	}
	must(t, args()...)
	if f.runs != 1 || f.count("train/loss") != 2 || f.count("eval/knn/top1") != 2 || f.params["epochs"] != "2" || f.status != "FINISHED" || f.uploads != 1 {
		t.Errorf("%d runs, %d losses, %d accuracies, epochs %s, %s, %d uploads", f.runs, f.count("train/loss"), f.count("eval/knn/top1"), f.params["epochs"], f.status, f.uploads)
	}
	if text := file(t, save, "x", run.ConfigFile); strings.Contains(text, "mlflow") {
		t.Error("the address, which may have a password, is in config.yaml")
	}
	first, err := os.ReadFile(filepath.Join(save, "x", run.KeptName(1)))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(save, "x", run.CheckpointFile), first)
	must(t, args("--resume")...)
	if f.runs != 1 || f.count("train/loss") != 2 {
		t.Errorf("resumed: %d runs, %d losses", f.runs, f.count("train/loss"))
	}

	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := nobody.Addr().String()
	nobody.Close()
	if said := must(t, small(t, "y", save, "--mlflow", "http://"+address)...); !strings.Contains(said, "warning: MLflow") {
		t.Errorf("no warning: %s", said)
	}
	refused(t, 2, []string{"--mlflow", "expected the URL"}, small(t, "z", save, "--mlflow", "sqlite:///x")...)
}

// MLflow's own client reads from MLflow's own server what a run logged (make interop).
func TestInteropMLflow(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make interop sets it")
	}
	save, port := t.TempDir(), ""
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_, port, _ = net.SplitHostPort(l.Addr().String())
		l.Close()
	}
	server := exec.Command(python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", "1",
		"--backend-store-uri", "sqlite:///"+filepath.Join(save, "db"), "--artifacts-destination", filepath.Join(save, "artifacts"))
	if err := startGroup(server); err != nil {
		t.Fatal(err)
	}
	defer endGroup(server)
	url := "http://127.0.0.1:" + port
	waitFor(t, url+"/health")
	must(t, small(t, "x", save, "--eval-freq", "1", "--eval-by", "knn", "--mlflow", url)...)
	out, err := exec.Command(python, "testdata/mlflow_read.py", url).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}
