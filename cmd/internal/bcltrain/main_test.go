package bcltrain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/tfevents"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// folder writes n small PNG images without classes and returns their folder.
func folder(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "images")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m := image.NewRGBA(image.Rect(0, 0, 12+i, 10))
		for p := range m.Pix {
			m.Pix[p] = uint8(p * (i + 3))
		}
		m.Set(i, i, color.White)
		var buf bytes.Buffer
		if err := png.Encode(&buf, m); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, string(rune('a'+i))+".png"), buf.Bytes())
	}
	return dir
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// tiny is a run of seconds: arguments for Main with a data set and --save-dir.
func tiny(data, save string, more ...string) []string {
	return append([]string{"t", "--data", data, "--save-dir", save, "--model", "resnet10", "--width", "2", "--size", "8",
		"--epochs", "2", "--batch-size", "4", "--lr", "0.05", "--warmup", "1", "--threads", "1"}, more...)
}

// call runs Main and returns its exit code and output.
func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestRunDirectory(t *testing.T) {
	save := t.TempDir()
	code, stdout, stderr := call(tiny(folder(t, 9), save)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	dir := filepath.Join(save, "t")
	if want := filepath.Join(dir, "model.pt") + "\n"; stdout != want {
		t.Errorf("stdout %q, want %q", stdout, want)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !tfevents.IsFile(e.Name()) { // it has the time in its name
			names = append(names, e.Name())
		}
	}
	if want := []string{"command.txt", "config.yaml", "environment.json", "log.txt", "metrics.jsonl", "model.pt", "model_previous.pt", "momentum_loss.npy", "report.html", "samples.csv", "signal_align.npy", "signal_colt.npy", "signal_density.npy", "signal_loss.npy"}; !slices.Equal(names, want) {
		t.Errorf("files %v, want %v", names, want)
	}
	metrics, err := os.ReadFile(filepath.Join(dir, run.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(metrics), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines of metrics, want 2: %s", len(lines), metrics)
	}
	var m struct {
		Epoch, Step int
		Loss        float64
		Quantiles   []float64 `json:"weight_quantiles"`
	}
	if err := json.Unmarshal(lines[1], &m); err != nil {
		t.Fatal(err)
	}
	if m.Epoch != 2 || m.Step != 6 || !(m.Loss > 0) || math.IsInf(m.Loss, 0) || len(m.Quantiles) != 5 {
		t.Errorf("metrics of epoch 2: %s", lines[1])
	}
	tree, err := serialize.Load(filepath.Join(dir, run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	top := tree.(*serialize.Dict)
	if e, _ := top.Lookup("epoch"); e != int64(2) {
		t.Errorf("epoch of the checkpoint is %v, want 2", e)
	}
	// The resolved config trains the same network.
	code, _, stderr = call("again", "--config", filepath.Join(dir, run.ConfigFile))
	if code != 0 {
		t.Fatalf("--config %s: exit code %d: %s", run.ConfigFile, code, stderr)
	}
	if a, b := weightsOf(t, dir), weightsOf(t, filepath.Join(save, "again")); !bytes.Equal(a, b) {
		t.Error("config.yaml as --config gives other weights")
	}
}

// weights returns the bytes of every tensor of a run's state dict.
func weightsOf(t *testing.T, dir string) []byte {
	t.Helper()
	c, err := checkpoint.Load(filepath.Join(dir, run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, v := range c.Weights.All() {
		b, err := v.(*serialize.Tensor).Bytes()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func TestResume(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	if code, _, stderr := call(tiny(data, save)...); code != 0 {
		t.Fatal(stderr)
	}
	// A finished run has nothing left to do and is not changed.
	before := weightsOf(t, filepath.Join(save, "t"))
	if code, _, stderr := call(tiny(data, save, "--resume")...); code != 0 {
		t.Fatalf("--resume of a finished run: %s", stderr)
	}
	if !bytes.Equal(before, weightsOf(t, filepath.Join(save, "t"))) {
		t.Error("--resume of a finished run changes it")
	}
	code, _, stderr := call(tiny(data, save, "--resume", "--lr", "0.06")...)
	if code != 1 || !strings.Contains(stderr, "lr: before 0.05, now 0.06") {
		t.Errorf("--resume with another setting: exit code %d, %s", code, stderr)
	}
}

// --save-freq keeps the checkpoints of some epochs, which later ones do not change.
func TestSaveFreq(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	if code, _, stderr := call(tiny(data, save, "--epochs", "5", "--save-freq", "2")...); code != 0 {
		t.Fatal(stderr)
	}
	for n, want := range map[int]bool{1: false, 2: true, 3: false, 4: true, 5: false} {
		c, err := checkpoint.Load(filepath.Join(save, "t", fmt.Sprintf("model_%d.pt", n)))
		if (err == nil) != want || want && c.Epoch != n {
			t.Errorf("epoch %d: checkpoint %+v, error %v", n, c, err)
		}
	}
}

// A damaged newest checkpoint is skipped, with a message, for the previous one.
func TestDamagedCheckpoint(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	if code, _, stderr := call(tiny(data, save)...); code != 0 {
		t.Fatal(stderr)
	}
	dir := filepath.Join(save, "t")
	want := weightsOf(t, dir)
	newest := filepath.Join(dir, run.CheckpointFile)
	file, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)/2] ^= 1
	writeFile(t, newest, file[:len(file)/2+1])
	code, _, stderr := call(tiny(data, save)...)
	if code != 0 || !strings.Contains(stderr, newest) || !strings.Contains(stderr, "skipped") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if !bytes.Equal(weightsOf(t, dir), want) {
		t.Error("the resumed run ends with other weights")
	}
	for _, name := range []string{run.CheckpointFile, run.PreviousFile} {
		writeFile(t, filepath.Join(dir, name), []byte("torn"))
	}
	if code, _, stderr := call(tiny(data, save, "--resume")...); code != 1 || !strings.Contains(stderr, "no good checkpoint") {
		t.Errorf("two damaged checkpoints: exit code %d: %s", code, stderr)
	}
}

func TestBadInput(t *testing.T) {
	good := folder(t, 6)
	list := func(a *npy.Array) string {
		path := filepath.Join(t.TempDir(), "list.npy")
		var buf bytes.Buffer
		if err := npy.Write(&buf, a); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, buf.Bytes())
		return path
	}
	broken := folder(t, 6)
	writeFile(t, filepath.Join(broken, "c.png"), []byte("no picture"))
	writeFile(t, filepath.Join(broken, "broken.jpg"), []byte("\xff\xd8\xff\xe0 truncated"))
	cifar := filepath.Join(t.TempDir(), "cifar-100-binary")
	if err := os.Mkdir(cifar, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(cifar, "train.bin"), make([]byte, 1000))
	writeFile(t, filepath.Join(cifar, "test.bin"), make([]byte, 1000))
	writeFile(t, filepath.Join(cifar, "fine_label_names.txt"), []byte(strings.Repeat("something\n", 100)))
	occupied := t.TempDir()
	if code, _, stderr := call(tiny(good, occupied)...); code != 0 {
		t.Fatal(stderr)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string // in stderr
	}{
		{"no such folder", tiny("/no/such/folder", t.TempDir()), 1, []string{"/no/such/folder"}},
		{"empty folder", tiny(t.TempDir(), t.TempDir()), 1, []string{"no images (JPEG, PNG"}},
		{"broken images", tiny(broken, t.TempDir()), 1, []string{"c.png", "broken.jpg", "--skip-broken"}},
		{"images above the limit", tiny(good, t.TempDir(), "--max-pixels", "169"), 1, []string{"17 x 10 pixels: above the limit of 169", "--max-pixels 170 reads it"}},
		{"no pixels", tiny(good, t.TempDir(), "--max-pixels", "0"), 2, []string{"max-pixels is 0, expected at least 1"}},
		{"truncated CIFAR", tiny(cifar, t.TempDir()), 1, []string{"train.bin", "1,000"}},
		{"index beyond the set", tiny(good, t.TempDir(), "--train-split", list(npy.FromInt64s([]int64{0, 1, 6}))), 1, []string{"list.npy", "6"}},
		{"list of another dtype", tiny(good, t.TempDir(), "--train-split", list(npy.FromFloat32s([]float32{0, 1}, 2))), 1, []string{"list.npy", "int64"}},
		{"batch of one", tiny(good, t.TempDir(), "--batch-size", "1"), 2, []string{"batch-size is 1"}},
		{"unknown method", tiny(good, t.TempDir(), "--method", "byol"), 2, []string{"byol", "simclr", "bcl-i"}},
		{"unknown flag", tiny(good, t.TempDir(), "--epoch", "3"), 2, []string{"unknown flag: --epoch (did you mean epochs?)"}},
		{"misspelt flag", []string{"x", "--dta", good}, 2, []string{"unknown flag: --dta (did you mean data?)"}},
		{"misspelt setting to change", tiny(good, t.TempDir(), "--allow-change", "epocs"), 2, []string{`unknown setting "epocs" (did you mean epochs?)`}},
		{"no name", []string{"--data", good}, 2, []string{"name"}},
		{"a name outside of the folder", []string{"../x", "--data", good}, 2, []string{"../x"}},
		{"no data", []string{"x"}, 2, []string{"--data"}},
		{"an existing run", tiny(good, occupied), 1, []string{"not empty", filepath.Join(occupied, "t")}},
		{"resume of no run", tiny(good, t.TempDir(), "--resume"), 1, []string{"config.yaml"}},
		{"unknown device", tiny(good, t.TempDir(), "--device", "gpu"), 2, []string{`--device "gpu" is not cpu, cuda, cuda:N or auto`}},
		{"a missing GPU", tiny(good, t.TempDir(), "--device", "cuda:99"), 1, []string{"cuda:99"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := call(c.args...)
			if code != c.code || stdout != "" {
				t.Errorf("exit code %d, want %d; stdout %q", code, c.code, stdout)
			}
			for _, w := range c.want {
				if !strings.Contains(stderr, w) {
					t.Errorf("stderr does not name %q:\n%s", w, stderr)
				}
			}
			if i := slices.Index(c.args, "--save-dir"); i > 0 && c.args[i+1] != occupied {
				if left, _ := os.ReadDir(c.args[i+1]); len(left) > 0 {
					t.Errorf("it leaves %v", left)
				}
			}
		})
	}
	runs := t.TempDir()
	code, _, stderr := call(tiny(broken, runs, "--skip-broken")...)
	if code != 0 || !strings.Contains(stderr, "skipped 2 of 7") || !strings.Contains(stderr, "5 images") {
		t.Errorf("--skip-broken: exit code %d, %s", code, stderr)
	}
	// What was left out is part of the run.
	log, err := os.ReadFile(filepath.Join(runs, "t", run.LogFile))
	if err != nil || !strings.Contains(string(log), "skipped 2 of 7 images that cannot be read:\n\t") || !strings.Contains(string(log), filepath.Join(broken, "c.png")) {
		t.Errorf("log %s, error %v", log, err)
	}
}
