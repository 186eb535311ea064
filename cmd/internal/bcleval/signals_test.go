package bcleval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/imbalance"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// measured runs bcl-eval signals, which must end with a code.
func measured(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := Main(append([]string{"signals", "--threads", "1"}, args...), &out, &errs); got != code {
		t.Fatalf("%v: exit code %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String(), errs.String()
}

// All signals of a run with a pruned branch and a tail: as files, a table and JSON.
func TestSignals(t *testing.T) {
	data := colours(t)
	dir := dual(t, data)
	out := filepath.Join(t.TempDir(), "signals")
	table, _ := measured(t, 0, dir, "--out", out)
	stdout, _ := measured(t, 0, dir, "--json")
	var r signalResults
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	want := 1 + 4*len(signal.Overs()) + 5 // memory, recorded, of the pass
	if len(r.Signals) != want || r.Epoch != 2 || len(r.Counts) != 3 {
		t.Fatalf("%d signals, want %d: %s", len(r.Signals), want, stdout)
	}
	lines := strings.Split(read(t, out, "signals.csv"), "\n")
	for _, s := range r.Signals {
		if !strings.Contains(table, "\n"+s.Name+" ") || !strings.Contains(lines[0], ","+s.Name) {
			t.Errorf("%s is not in table and CSV", s.Name)
		}
		if s.AUC == nil || !(s.AUC.Few >= 0 && s.AUC.Few <= 1) || !(s.AUC.Macro >= 0 && s.AUC.Macro <= 1) || s.Tail != "high" && s.Tail != "low" {
			t.Errorf("%+v", s)
		}
		a, err := npy.ReadFile(filepath.Join(out, s.Name+".npy"))
		if err != nil || len(a.Shape) != 1 || a.Shape[0] != r.Images {
			t.Errorf("%s: %v, %v", s.Name, a, err)
		}
	}
	if len(lines) != r.Images+2 || read(t, out, "signals.json") != stdout {
		t.Errorf("%d lines of CSV; JSON %s", len(lines), stdout)
	}
	recorded, err := npy.ReadFile(run.File(dir, run.SignalFile(signal.COLT)))
	if err != nil {
		t.Fatal(err)
	}
	last, err := npy.ReadFile(filepath.Join(out, "colt.npy"))
	if n := len(last.Data); err != nil || !bytes.Equal(last.Data, recorded.Data[len(recorded.Data)-n:]) {
		t.Errorf("colt.npy is not the last epoch's; %v", err)
	}
	if _, stderr := measured(t, 1, dir, "--out", out); !strings.Contains(stderr, "the file exists; --force replaces it") {
		t.Errorf("twice: %s", stderr)
	}
	measured(t, 0, dir, "--out", out, "--force")
}

// The tail curve takes a signal, whose last line is what signals measures.
func TestTailSignal(t *testing.T) {
	dir := dual(t, colours(t))
	stdout, _ := measured(t, 0, dir, "--json")
	var r signalResults
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"density", "colt-spread"} {
		path := filepath.Join(t.TempDir(), "curve.csv")
		if code, _, stderr := call(dir, "--threads", "1", "--by", "knn", "--tail-curve", path, "--tail-signal", name); code != 0 {
			t.Fatal(stderr)
		}
		at := slices.IndexFunc(r.Signals, func(s *signalResult) bool { return s.Name == name })
		a := r.Signals[at].AUC
		if lines := strings.Split(read(t, path), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[2], fmt.Sprintf("2,%v,%v,%v", a.Few, a.Size, a.Macro)) {
			t.Errorf("%s: %q, want %+v last", name, lines, a)
		}
	}
	for want, args := range map[string][]string{
		"--tail-signal does nothing without --tail-curve": {"--tail-signal", "loss"},
		`--tail-signal: signal "purity" is not one of`:    {"--tail-signal", "purity", "--tail-curve", "x.csv"},
	} {
		if code, _, stderr := call(append(args, dir, "--threads", "1", "--by", "knn")...); code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
	if err := os.Remove(run.File(dir, run.SignalFile(signal.Align))); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(dir, "--threads", "1", "--by", "knn", "--tail-signal", "align", "--tail-curve", filepath.Join(t.TempDir(), "x.csv")); code != 1 || !strings.Contains(stderr, "the run has not recorded align") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// Without a run there is nothing recorded, without labels nothing to compare with.
func TestSignalsOfLess(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	stdout, stderr := measured(t, 0, filepath.Join(dir, "model.pt"))
	for _, word := range []string{"neighbour", "purity", "nearest-negative"} {
		if !strings.Contains(stdout, word) {
			t.Errorf("no %s: %s", word, stdout)
		}
	}
	for _, word := range []string{"density", "memory", "disagreement"} {
		if strings.Contains(stdout, word) {
			t.Errorf("%s of a file: %s", word, stdout)
		}
	}
	if !strings.Contains(stderr, "all classes have the same size: there is no tail to find") {
		t.Errorf("stderr %s", stderr)
	}
	flat := filepath.Join(data, "train", "class0")
	stdout, stderr = measured(t, 0, dir, "--data", flat)
	if !strings.Contains(stderr, "what training has recorded is left out: the training images are not those of the run") || !strings.Contains(stderr, "without labels of all images") || strings.Contains(stdout, "purity") {
		t.Errorf("%s\n%s", stderr, stdout)
	}
	if err := os.Remove(run.File(dir, run.SignalFile(signal.Align))); err != nil {
		t.Fatal(err)
	}
	if stdout, _ = measured(t, 0, dir); strings.Contains(stdout, "align") || !strings.Contains(stdout, "density-spread") {
		t.Errorf("without one of the files: %s", stdout)
	}
	if _, stderr := measured(t, 2); !strings.Contains(stderr, "0 arguments, expected one") {
		t.Errorf("stderr %s", stderr)
	}
	if _, stderr := measured(t, 2, dir, "--groups", "some"); !strings.Contains(stderr, `--groups is "some"`) {
		t.Errorf("stderr %s", stderr)
	}
}

// What the memory of a control finds, and what the weights do that it trains with.
func TestTailOfControl(t *testing.T) {
	for control, want := range map[string]string{"constant": "Few, by the control constant that trains  0.500", "none": ""} {
		dir := trained(t, "embedded", "--method", "bcl-i", "--batch-size", "128", "--epochs", "1", "--memory-weights", "rank", "--memory-control", control)
		code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn")
		if code != 0 || !strings.Contains(stdout, "memorisation weights after epoch 1") || !strings.Contains(stdout, want) || (want == "") == strings.Contains(stdout, "by the control") {
			t.Errorf("%s: exit code %d: %s%s", control, code, stdout, stderr)
		}
	}
}

// Results do not lie among the files of a run.
func TestSignalsBesideARun(t *testing.T) {
	dir := dual(t, colours(t))
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, force := range [][]string{nil, {"--force"}} {
		_, stderr := measured(t, 2, append([]string{dir, "--out", dir + "/"}, force...)...)
		if !strings.Contains(stderr, "is a run's folder") || !strings.Contains(stderr, "such as --out "+dir+"-signals\n") {
			t.Error(stderr)
		}
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != len(before) {
		t.Errorf("%d files instead of %d, error %v", len(after), len(before), err)
	}
}

// What epochs are not known of is left out, and said.
func TestUnknownEpochs(t *testing.T) {
	dir := dual(t, colours(t))
	edit := func(rows ...int) {
		t.Helper()
		path := run.File(dir, run.SignalFile(signal.Density))
		a, err := npy.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		values, err := a.Float32s()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			for i := range a.Shape[1] {
				values[r*a.Shape[1]+i] = float32(math.NaN())
			}
		}
		b := npy.FromFloat32s(values)
		b.Shape = a.Shape
		var out bytes.Buffer
		if err := npy.Write(&out, b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	curve := filepath.Join(t.TempDir(), "curve.csv")
	tail := func(name string) (code int, stderr string) {
		code, _, stderr = call(dir, "--threads", "1", "--by", "knn", "--tail-curve", curve, "--tail-signal", name, "--force")
		return code, stderr
	}
	edit(0)
	stdout, _ := measured(t, 0, dir, "--json")
	var r signalResults
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Signals {
		want := map[string]string{"density": "epoch 2", "density-mean": "1 of 2 epochs, else NaN", "density-spread": "1 of 2 epochs, else NaN", "align-mean": "epochs 1 to 2"}[s.Name]
		if want != "" && (s.From != want || s.AUC == nil) {
			t.Errorf("%s is of %q, want %q; AUC %v", s.Name, s.From, want, s.AUC)
		}
	}
	code, stderr := tail("density")
	if lines := strings.Split(read(t, curve), "\n"); code != 0 || lines[1] != "1,,," || strings.Contains(lines[2], ",,") || !strings.Contains(stderr, "after 1 of 2 epochs (1 to 1) some images have no value (NaN in ") {
		t.Errorf("exit code %d, %q: %s", code, lines, stderr)
	}
	edit(0, 1)
	_, stderr = measured(t, 0, dir)
	if !strings.Contains(stderr, "density is not measured: of 16 of 16 images nothing is known (NaN), the newest value of 0 of 2 epochs, else NaN") {
		t.Error(stderr)
	}
	if code, stderr := tail("density"); code != 1 || !strings.Contains(stderr, "after no epoch all images have a value") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// What can be said without labels is of images enough, in the table and in JSON.
func TestSignalsWithoutLabels(t *testing.T) {
	x := make([]float32, 0, 400)
	for i := range 100 {
		x = append(x, float32(i%3), float32(i%7)/50, float32(i%11)/50, 1-float32(i%3))
	}
	u, err := imbalance.Measure(x, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (&signalResults{Unlabelled: u}).writeTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nWithout labels: " + u.Say(), "\n20 ", "\nwithout groups "} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	if stdout, stderr := measured(t, 0, dual(t, colours(t)), "--json"); strings.Contains(stdout, `"unlabelled"`) == strings.Contains(stderr, "groups of the features are not measured") {
		t.Errorf("stdout %s, stderr %s", stdout, stderr)
	}
}

// What does not exist is said to be neither run nor weights, for every command that takes one.
func TestNoSuchRun(t *testing.T) {
	_, stderr := measured(t, 1, "nosuch")
	if !strings.Contains(stderr, "nosuch does not exist: expected a run's folder or a file of weights") {
		t.Error(stderr)
	}
	if code, _, stderr := call("nosuch"); code != 1 || !strings.Contains(stderr, "nosuch does not exist: expected a run's folder or a file of weights") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
