package bcltrain

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// small is a run of few steps on every seventh of the embedded images.
func small(t *testing.T, name, save string, more ...string) []string {
	t.Helper()
	var listed []int
	for i := 0; i < 1485; i += 7 {
		listed = append(listed, i)
	}
	list := filepath.Join(t.TempDir(), "seventh.npy")
	if err := dataset.WriteIndexList(list, listed); err != nil {
		t.Fatal(err)
	}
	return append([]string{name, "--data", "embedded", "--train-split", list, "--save-dir", save, "--model", "resnet10", "--width", "2",
		"--epochs", "2", "--batch-size", "64", "--lr", "0.1", "--warmup", "1", "--threads", "1", "--method", "bcl-d"}, more...)
}

// Evaluation during training changes nothing: the run ends with the same bytes.
func TestEvaluationDoesNotDisturb(t *testing.T) {
	save := t.TempDir()
	must(t, small(t, "plain", save)...)
	must(t, small(t, "seen", save, "--eval-freq", "1", "--eval-by", "knn,probe", "--probe-epochs", "2", "--print-freq", "9")...)
	for _, file := range run.HistoryFiles() {
		a, err := os.ReadFile(filepath.Join(save, "plain", file))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(save, "seen", file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", file)
		}
	}
	if a, b := weightsOf(t, filepath.Join(save, "plain")), weightsOf(t, filepath.Join(save, "seen")); !bytes.Equal(a, b) {
		t.Error("the weights differ")
	}

	text, err := os.ReadFile(filepath.Join(save, "seen", "evaluations.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 2 epochs x 2 classifiers: %s", len(lines), text)
	}
	for i, line := range lines {
		var e evaluationLine
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Epoch != 1+i/2 || e.Classifier != []string{"knn", "probe"}[i%2] || !(e.Accuracy.Top1 > 5) || !(e.Accuracy.Top5 > e.Accuracy.Top1) {
			t.Errorf("line %d: %+v", i, e)
		}
	}
	log, err := os.ReadFile(filepath.Join(save, "seen", "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(log), "\nAccuracy fullshot {1: 0."); n != 2 {
		t.Errorf("%d lines of accuracy in the authors' form, want 2:\n%s", n, log)
	}
}

// A run that was killed while writing the checkpoint of an evaluated epoch has each
// evaluation once after resuming; so has one that starts from that checkpoint.
func TestEvaluationsOfResumedRun(t *testing.T) {
	save := t.TempDir()
	args := func(name string, more ...string) []string {
		return small(t, name, save, append([]string{"--save-freq", "1", "--eval-freq", "1", "--eval-by", "knn"}, more...)...)
	}
	must(t, args("x")...)
	path := filepath.Join(save, "x", run.EvaluationsFile)
	want := file(t, path)
	if n := strings.Count(want, "\n"); n != 2 {
		t.Fatalf("%d lines, want 2: %s", n, want)
	}
	first, err := os.ReadFile(filepath.Join(save, "x", run.KeptName(1)))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(save, "x", run.CheckpointFile), first)
	writeFile(t, path, []byte(want+`{"epoch":`))
	must(t, args("x", "--resume")...)
	if got := file(t, path); got != want {
		t.Errorf("after resuming:\n%swant\n%s", got, want)
	}
	must(t, args("y", "--resume="+filepath.Join(save, "x", run.KeptName(1)))...)
	if got := file(t, save, "y", run.EvaluationsFile); got != want {
		t.Errorf("of the run that starts from its checkpoint:\n%swant\n%s", got, want)
	}
}

// Images used only for evaluation are checked before training starts, like the training
// images, which are not read twice.
func TestEvaluationImages(t *testing.T) {
	data := t.TempDir()
	images := folder(t, 12)
	for i, to := range []string{"train/a/1", "train/a/2", "train/b/3", "train/b/4", "train/b/5", "test/a/6", "test/b/7", "test/b/8"} {
		path := filepath.Join(data, to+".png")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, []byte(file(t, images, string(rune('a'+i))+".png")))
	}
	writeFile(t, filepath.Join(data, "probe.txt"), []byte("train/a/1.png 0\ntrain/b/9.png 1\n"))
	args := func(save string, more ...string) []string {
		return tiny(data, save, append([]string{"--eval-freq", "1", "--eval-by", "knn"}, more...)...)
	}
	nothing := func(save string) {
		t.Helper()
		if left, _ := os.ReadDir(save); len(left) > 0 {
			t.Errorf("it leaves %v", left)
		}
	}
	save := t.TempDir()
	if said := must(t, args(save)...); strings.Contains(said, "skipped") {
		t.Errorf("good images: %s", said)
	}

	save = t.TempDir()
	refused(t, 1, []string{"probe.txt: line 2", "train/b/9.png", "--skip-broken"}, args(save, "--probe-list", filepath.Join(data, "probe.txt"))...)
	nothing(save)

	writeFile(t, filepath.Join(data, "train/b/9.png"), []byte("no picture"))
	writeFile(t, filepath.Join(data, "test/b/8.png"), []byte("no picture"))
	list := filepath.Join(t.TempDir(), "five.npy")
	if err := dataset.WriteIndexList(list, []int{0, 1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	refused(t, 1, []string{"1 of 1 images", "train/b/9.png", "--skip-broken"}, args(save, "--train-split", list)...)
	nothing(save)
	said := must(t, args(save, "--train-split", list, "--skip-broken")...)
	for _, want := range []string{"skipped 1 of 1 probe images", "train/b/9.png", "skipped 1 of 3 test images", "test/b/8.png", "after epoch 2 knn"} {
		if !strings.Contains(said, want) {
			t.Errorf("--skip-broken: %q is not in %s", want, said)
		}
	}
	if err := os.Remove(filepath.Join(data, "train/b/9.png")); err != nil {
		t.Fatal(err)
	}
	save = t.TempDir()
	refused(t, 1, []string{"1 of 3 images", "test/b/8.png", "--skip-broken"}, args(save)...)
	nothing(save)
}

func TestEvaluationRefuses(t *testing.T) {
	for flags, want := range map[string]string{
		"--eval-freq -1":                 "eval-freq is -1",
		"--eval-freq 1 --eval-by magic":  `classifier "magic"`,
		"--eval-by finetune":             "fine-tuning is for bcl-eval",
		"--probe-epochs 0":               "probe-epochs is 0",
		"--eval-freq 1 --probe-list a.b": "a.b",
	} {
		refused(t, map[bool]int{true: 1, false: 2}[strings.Contains(flags, "a.b")], []string{want}, small(t, "x", t.TempDir(), strings.Fields(flags)...)...)
	}
	refused(t, 1, []string{"no labelled training and test images"}, tiny(folder(t, 9), t.TempDir(), "--eval-freq", "1")...)
}

// evaluationLine is a line of evaluations.jsonl.
type evaluationLine struct {
	Epoch int
	score.Result
}
