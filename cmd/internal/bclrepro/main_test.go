package bclrepro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
)

// fakeEnv makes the test binary, when started as bcl-train or bcl-eval, a fake of them
// (fake_test.go); otherwise it runs the real ones, so that no build is needed.
const fakeEnv = "BCL_REPRO_FAKE"

func TestMain(m *testing.M) {
	fake := os.Getenv(fakeEnv) != ""
	switch filepath.Base(os.Args[0]) {
	case "bcl-train":
		if fake {
			os.Exit(fakeTrain(os.Args[1:]))
		}
		os.Exit(bcltrain.Main(os.Args[1:], os.Stdout, os.Stderr))
	case "bcl-eval":
		if fake {
			os.Exit(fakeEval(os.Args[1:]))
		}
		os.Exit(bcleval.Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// bin makes a folder in which this test binary is called bcl-train and bcl-eval.
func bin(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"bcl-train", "bcl-eval"} {
		if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// call runs Main and returns its exit code and output.
func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(args, &out, &errs)
	return code, out.String(), errs.String()
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A real experiment of seconds: training, evaluation, table, and nothing to do when
// repeated.
func TestEndToEnd(t *testing.T) {
	dir := t.TempDir()
	preset := writeFile(t, filepath.Join(dir, "micro.yaml"), `
name: micro
seeds: [1]
methods: [{method: simclr}, {method: bcl-i}]
train: {model: resnet10, width: 2, size: 8, epochs: 1, batch-size: 256, warmup: 0, lr: 0.1, threads: 1}
eval: {protocol: gh-cifar, by: [knn, probe], probe-epochs: 2}
parts:
  - name: embedded
    data: embedded
    splits: [{name: lt, make: {kind: long-tail, seed: 1, imbalance: 3, largest: 6}}]
    protocols: [{name: full-shot}]
`)
	args := []string{preset, "--bin", bin(t), "--out", filepath.Join(dir, "out"), "--devices", "cpu", "--jobs", "2"}
	code, stdout, stderr := call(args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"| simclr | 1 |", "| bcl-i  | 1 |", "libtorch 2."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the table lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "| - |") {
		t.Errorf("a figure is missing:\n%s", stdout)
	}
	record := contents(t, filepath.Join(dir, "out/embedded/lt/simclr-1.eval.json"))
	for _, want := range []string{`"protocol": "gh-cifar"`, `"probe-crop": "pad"`, `"probe-epochs": "2"`} {
		if !strings.Contains(record, want) {
			t.Errorf("the record lacks %s:\n%s", want, record)
		}
	}
	model := filepath.Join(dir, "out/embedded/lt/simclr-1/model.pt")
	before, err := os.Stat(model)
	if err != nil {
		t.Fatal(err)
	}
	code, again, stderr := call(args...)
	after, err := os.Stat(model)
	if code != 0 || err != nil || again != stdout || !after.ModTime().Equal(before.ModTime()) || strings.Count(stderr, "done before") != 2 {
		t.Errorf("again: exit code %d, error %v, %s\n%s", code, err, stderr, again)
	}
	if file, err := os.ReadFile(filepath.Join(dir, "out/table.md")); err != nil || string(file) != stdout {
		t.Errorf("table.md (error %v) is not what was printed", err)
	}
}

// The real bcl-train restarts a run in its folder that was killed while writing its first
// checkpoint, with other threads too, and never overwrites a run that got further.
func TestRunWithoutCheckpoint(t *testing.T) {
	dir := t.TempDir()
	preset := writeFile(t, filepath.Join(dir, "micro.yaml"), `
name: micro
seeds: [1]
methods: [{method: simclr}]
train: {model: resnet10, width: 2, size: 8, epochs: 1, batchSize: 256, warmup: 0, lr: 0.1}
eval: {by: [knn]}
parts:
  - name: embedded
    data: embedded
    splits: [{name: lt, make: {kind: long-tail, seed: 1, imbalance: 3, largest: 6}}]
    protocols: [{name: full-shot}]
`)
	args := []string{preset, "--bin", bin(t), "--out", filepath.Join(dir, "out"), "--devices", "cpu"}
	if code, _, stderr := call(append(args, "--threads", "1")...); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	folder := filepath.Join(dir, "out/embedded/lt/simclr-1")
	model := filepath.Join(folder, "model.pt")
	if err := os.Remove(model); err != nil {
		t.Fatal(err)
	}
	args = append(args, "--threads", "2")
	metrics := filepath.Join(folder, "metrics.jsonl")
	line := contents(t, metrics)
	writeFile(t, metrics, strings.Repeat(line, 3))
	if code, _, stderr := call(args...); code != 1 || !strings.Contains(stderr, folder+" has metrics of 3 epochs but no checkpoint") {
		t.Fatalf("without its checkpoint: exit code %d: %s", code, stderr)
	}
	writeFile(t, metrics, line)
	writeFile(t, filepath.Join(folder, ".model.pt.next.tmp"), "half")
	if code, _, stderr := call(args...); code != 0 {
		t.Fatalf("with a partly written checkpoint: exit code %d: %s", code, stderr)
	}
	config := contents(t, filepath.Join(folder, "config.yaml"))
	if _, err := os.Stat(model); err != nil || !strings.Contains(config, "\nthreads: 2\n") || !strings.Contains(config, "\nbatch-size: 256\n") {
		t.Errorf("error %v, settings %s", err, config)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".*.tmp")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// TestEndToEnd on images listed in text files, with drawn and listed few-shot probes, in
// one call of bcl-eval. Another list of test images is another evaluation.
func TestEndToEndOfLists(t *testing.T) {
	dir := t.TempDir()
	var all, lt []string
	for i := range 12 {
		m := image.NewNRGBA(image.Rect(0, 0, 8, 8))
		for k := range m.Pix {
			m.Pix[k] = byte((7*k+31*i)%200) | 1
		}
		var file bytes.Buffer
		if err := png.Encode(&file, m); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), file.String())
		all = append(all, fmt.Sprintf("%d.png %d\n", i, i%3))
		if i < 3 || i%3 == 0 {
			lt = append(lt, all[i])
		}
	}
	writeFile(t, filepath.Join(dir, "all.txt"), strings.Join(all, ""))
	writeFile(t, filepath.Join(dir, "lt.txt"), strings.Join(lt, ""))
	writeFile(t, filepath.Join(dir, "test.txt"), strings.Join(all[:9], ""))
	for name, rows := range map[string][]int{"a.npy": {0, 1, 2}, "b.npy": {3, 4, 5}} {
		if err := dataset.WriteIndexList(filepath.Join(dir, name), rows); err != nil {
			t.Fatal(err)
		}
	}
	preset := writeFile(t, filepath.Join(dir, "micro.yaml"), `
name: micro
seeds: [1]
methods: [{method: simclr}]
train: {model: resnet10, width: 2, size: 8, epochs: 1, batch-size: 4, warmup: 0, lr: 0.1, threads: 1}
eval: {probe-epochs: 2, groups: counts, shot-subsets: 2}
parts:
  - name: images
    data: images
    classes: 3
    test: test.txt
    splits: [{name: lt, list: lt.txt}]
    protocols:
      - {name: full-shot, probe: all.txt}
      - {name: few, probe: all.txt, shots: 2}
      - {name: fewer, probe: all.txt, shots: 1, lists: [a.npy, b.npy]}
`)
	args := []string{preset, "--bin", bin(t), "--data", dir, "--splits", dir, "--out", filepath.Join(dir, "out"), "--devices", "cpu"}
	table := ""
	figures := func() map[string]any {
		t.Helper()
		code, stdout, stderr := call(args...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		table = stdout
		text, err := os.ReadFile(filepath.Join(dir, "out/images/lt/simclr-1.eval.json"))
		if err != nil {
			t.Fatal(err)
		}
		var record struct {
			Results []struct {
				Output map[string]any `json:"output"`
			} `json:"results"`
		}
		if err := json.Unmarshal(text, &record); err != nil || len(record.Results) != 1 {
			t.Fatalf("%v, %d results in %s", err, len(record.Results), text)
		}
		return record.Results[0].Output
	}
	if o := figures(); o["test_images"] != 9. || o["group_rule"] != "counts" || fmt.Sprint(o["train_class_counts"]) != "[4 1 1]" {
		t.Errorf("first evaluation: %v", o)
	}
	for _, protocol := range []string{"full-shot", "few", "fewer"} {
		row := regexp.MustCompile(`(?m)^\| simclr \| +` + protocol + ` \|.*$`).FindString(table)
		want := 3 // top-1, subsets, Few: no class has 20 images, and one group has no balance
		if protocol == "full-shot" {
			want = 2
		}
		if known := strings.Count(row, " ± "); known != want {
			t.Errorf("%s: %d figures, want %d, in row %q of\n%s", protocol, known, want, row, table)
		}
	}
	writeFile(t, filepath.Join(dir, "test.txt"), strings.Join(all[:6], ""))
	if o := figures(); o["test_images"] != 6. {
		t.Errorf("after another list: %v", o)
	}
}

// The settings of the presets are flags of bcl-train and bcl-eval: these complain only
// about missing images and runs.
func TestPresetSettings(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, name := range repro.Names() {
		preset, err := repro.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := repro.NewPlan(preset, repro.Select{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range plan.Units {
			var stdout, stderr bytes.Buffer
			args := append([]string{"x", "--data", nowhere, "--save-dir", nowhere}, u.Train.Args()...)
			if code := bcltrain.Main(args, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), nowhere) {
				t.Errorf("%s: bcl-train: exit code %d: %s", u.Name(), code, &stderr)
			}
			stderr.Reset()
			for _, task := range u.Tasks() {
				if code := bcleval.Main(append([]string{nowhere}, task.Eval.Args()...), &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), nowhere) {
					t.Errorf("%s: bcl-eval: exit code %d: %s", u.Name(), code, &stderr)
				}
			}
		}
	}
}

func TestUsageErrors(t *testing.T) {
	dir := t.TempDir()
	wrong := writeFile(t, filepath.Join(dir, "wrong.yaml"), "name: x\nsedes: [1]\n")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"no experiment given", nil},
		{"did you mean small?", []string{"smal"}},
		{`wrong.yaml: [2:1] unknown field "sedes"`, []string{wrong}},
		{"missing.yaml", []string{filepath.Join(dir, "missing.yaml")}},
		{`no method "moco"`, []string{"small", "--methods", "moco"}},
		{"--data is missing: where are the images of cifar10", []string{"small"}},
		{`no data set "cifar100"`, []string{"small", "--data", "cifar100=" + dir}},
		{"--splits is missing", []string{"cifar100-lt", "--data", dir}},
		{"unit 36, expected 0 to 35", []string{"small", "--data", dir, "--unit", "36"}},
		{"exclude each other", []string{"small", "--table", "--slurm"}},
		{`"tpu" is not cuda:N`, []string{"small", "--data", dir, "--devices", "tpu"}},
		{"is repeated", []string{"small", "--data", dir, "--devices", "cuda:0,cuda:0"}},
		{"2 jobs on 1 GPUs", []string{"small", "--data", dir, "--devices", "cuda:0", "--jobs", "2"}},
		{"is not below /mnt", []string{"small", "--data", dir, "--kubernetes", "--mount", "/mnt"}},
	} {
		code, stdout, stderr := call(c.args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit code %d, stderr lacks %q:\n%s", c.args, code, c.want, stderr)
		}
	}
}
