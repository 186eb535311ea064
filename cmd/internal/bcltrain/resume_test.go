package bcltrain

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize"
)

// named is tiny with a run name.
func named(name, data, save string, more ...string) []string {
	args := tiny(data, save, more...)
	args[0] = name
	return args
}

// must runs Main, which must succeed, and returns its stderr.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, _, stderr := call(args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr)
	}
	return stderr
}

// refused runs Main, which must fail, and expects words in its message.
func refused(t *testing.T, code int, want []string, args ...string) {
	t.Helper()
	got, _, stderr := call(args...)
	if got != code {
		t.Errorf("%v: exit code %d, want %d: %s", args, got, code, stderr)
	}
	for _, w := range want {
		if !strings.Contains(stderr, w) {
			t.Errorf("%v: %q is not in %s", args, w, stderr)
		}
	}
}

func file(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A run that starts from another's checkpoint, in a folder of its own or in the other's,
// ends with the files of an uninterrupted run, past epochs included.
func TestResumeFromPath(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, named("whole", data, save, "--epochs", "4", "--save-freq", "2")...)
	whole := filepath.Join(save, "whole")
	kept := filepath.Join(whole, "model_2.pt")
	check := func(name string) {
		t.Helper()
		for _, f := range append(run.HistoryFiles(), run.CheckpointFile, run.ConfigFile) {
			if file(t, whole, f) != file(t, save, name, f) {
				t.Errorf("%s: %s differs from that of an uninterrupted run", name, f)
			}
		}
		if timeless(t, whole) != timeless(t, filepath.Join(save, name)) {
			t.Errorf("%s: metrics differ from those of an uninterrupted run", name)
		}
	}
	must(t, named("file", data, save, "--epochs", "4", "--save-freq", "2", "--resume="+kept)...)
	check("file")
	must(t, named("folder", data, save, "--epochs", "4", "--save-freq", "2", "--resume="+whole)...)
	check("folder") // starts with all epochs done
	must(t, named("file", data, save, "--epochs", "4", "--save-freq", "2", "--resume="+filepath.Join(save, "file", "model_2.pt"))...)
	check("file") // goes back to epoch 2 in place
	refused(t, 1, []string{"nowhere.pt"}, named("new", data, save, "--resume=nowhere.pt")...)
	if _, err := os.Stat(filepath.Join(save, "new")); err == nil {
		t.Error("a run that could not start left a folder")
	}
}

// A run that goes back in place and ends before it saved anything, here by a loss that is
// not finite, is at the epoch it went back to, and resumes from there to the end of an
// uninterrupted run.
func TestResumeGoesBackInPlace(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	four := func(name string, more ...string) []string {
		return named(name, data, save, append([]string{"--epochs", "4", "--save-freq", "1"}, more...)...)
	}
	must(t, four("whole")...)
	must(t, four("back")...)
	back := filepath.Join(save, "back")
	from := "--resume=" + filepath.Join(back, run.KeptName(1))
	refused(t, 1, []string{"the loss of sample"}, four("back", from, "--lr", "1e30", "--allow-change", "lr")...)
	for name, epoch := range map[string]int{run.CheckpointFile: 1, run.PreviousFile: 4} {
		if c, err := checkpoint.Load(filepath.Join(back, name)); err != nil || c.Epoch != epoch {
			t.Errorf("%s is not of epoch %d; %v", name, epoch, err)
		}
	}
	if n := strings.Count(file(t, back, run.MetricsFile), "\n"); n != 1 {
		t.Errorf("metrics of %d epochs, want 1", n)
	}
	must(t, four("back", "--resume", "--allow-change", "lr")...)
	for _, f := range append(run.HistoryFiles(), run.CheckpointFile, run.ConfigFile) {
		if file(t, back, f) != file(t, save, "whole", f) {
			t.Errorf("%s differs from that of an uninterrupted run", f)
		}
	}
	if timeless(t, back) != timeless(t, filepath.Join(save, "whole")) {
		t.Error("metrics differ from those of an uninterrupted run")
	}
}

// The recipe of views that is called as the stem is the default: naming it is no change.
func TestViewsByName(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save)...)
	must(t, tiny(data, save, "--views", "cifar", "--epochs", "3", "--resume", "--allow-change", "epochs")...)
	refused(t, 1, []string{"views: before cifar, now simclr"}, tiny(data, save, "--views", "simclr", "--epochs", "3", "--resume")...)
}

// Changed settings are refused by name; --allow-change accepts those that can change, one
// by one, and the run's files record it.
func TestAllowChange(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save)...)
	longer := func(more ...string) []string { return tiny(data, save, append([]string{"--epochs", "4"}, more...)...) }
	refused(t, 1, []string{"epochs: before 2, now 4", "lr: before 0.05, now 0.04", "--allow-change epochs,lr"}, longer("--resume", "--lr", "0.04")...)
	refused(t, 1, []string{"lr: before 0.05, now 0.04"}, longer("--resume", "--lr", "0.04", "--allow-change", "epochs")...)
	refused(t, 1, []string{"width: before 2, now 4 (fixed: it changes the network)"}, longer("--resume", "--width", "4", "--allow-change", "width,epochs")...)
	refused(t, 1, []string{"method: before bcl-i, now sdclr (fixed: it changes the network"}, longer("--resume", "--method", "sdclr", "--allow-change", "method,epochs,weight-decay")...)
	refused(t, 2, []string{`unknown setting "learning-rate"`}, longer("--resume", "--allow-change", "learning-rate")...)

	said := must(t, longer("--resume", "--lr", "0.04", "--batch-size", "3", "--num-workers", "1", "--allow-change", "lr,epochs", "--allow-change", "batch_size")...)
	dir := filepath.Join(save, "t")
	for _, want := range []string{"changed from here on: lr: before 0.05, now 0.04", "epochs: before 2, now 4", "batch-size: before 4, now 3"} {
		if !strings.Contains(said, want) || !strings.Contains(file(t, dir, run.LogFile), want) {
			t.Errorf("%q is not in the log or not in %s", want, said)
		}
	}
	if strings.Contains(said, "num-workers:") {
		t.Errorf("a setting without influence on results is reported as a change: %s", said)
	}
	if !strings.Contains(file(t, dir, run.ConfigFile), "lr: 0.04") || !strings.Contains(file(t, dir, "config_before_epoch_3.yaml"), "lr: 0.05") {
		t.Error("config.yaml lacks the new settings, or the former are lost")
	}
	c, err := checkpoint.Load(filepath.Join(dir, run.CheckpointFile))
	if err != nil || c.Epoch != 4 || !strings.Contains(c.Config(), "lr: 0.04") {
		t.Errorf("checkpoint of epoch %d: %v", c.Epoch, err)
	}
	// 2 epochs of 3 batches would have been 2 of 3, and 2 of 3 follow.
	if !strings.Contains(file(t, dir, run.MetricsFile), `"epoch":4,"step":12,`) {
		t.Errorf("steps: %s", file(t, dir, run.MetricsFile))
	}
	must(t, longer("--resume", "--lr", "0.04", "--batch-size", "3")...) // nothing changes now
}

// The images are recognised by their names and labels, in any folder.
func TestResumeComparesImages(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save)...)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(data, moved); err != nil {
		t.Fatal(err)
	}
	must(t, tiny(moved, save, "--resume")...)
	if !strings.Contains(file(t, save, "t", run.ConfigFile), "data: "+moved) {
		t.Error("config.yaml has the former folder of the images")
	}
	if err := os.Rename(filepath.Join(moved, "c.png"), filepath.Join(moved, "z.png")); err != nil {
		t.Fatal(err)
	}
	refused(t, 1, []string{"the images are not those of", "before, 9 with the fingerprint", "now, 9 with"}, tiny(moved, save, "--resume")...)
	writeFile(t, filepath.Join(moved, "y.png"), []byte(file(t, moved, "z.png")))
	refused(t, 1, []string{"before, 9 with", "now, 10 with"}, tiny(moved, save, "--resume")...)
}

// A checkpoint with only the authors' keys gives weights, momentum and epoch; the memory
// starts with the first losses, and the run logs this.
func TestResumeFromTheAuthors(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, named("ours", data, save)...)
	tree, err := serialize.Load(filepath.Join(save, "ours", run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	top := tree.(*serialize.Dict)
	theirs := serialize.NewDict()
	for _, key := range []string{"epoch", "state_dict", "optim"} {
		v, _ := top.Lookup(key)
		if err := theirs.Set(key, v); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "model.pt")
	if err := serialize.Save(path, theirs); err != nil {
		t.Fatal(err)
	}
	// With nothing left to do it is accepted as it is.
	said := must(t, named("taken", data, save, "--resume="+path)...)
	if !strings.Contains(said, "momentum buffers and 2 complete epochs") || !strings.Contains(file(t, save, "taken", run.LogFile), "memory is empty") {
		t.Errorf("missing parts are not reported: %s", said)
	}
	got, err := serialize.Load(filepath.Join(save, "taken", run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"epoch", "state_dict", "optim"} {
		x, _ := top.Lookup(key)
		y, _ := got.(*serialize.Dict).Lookup(key)
		if !bytes.Equal(pickled(t, x), pickled(t, y)) {
			t.Errorf("%s differs from the file", key)
		}
	}
	must(t, named("on", data, save, "--epochs", "4", "--resume="+path)...)
	rows, err := run.History(filepath.Join(save, "on"))
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows of history; %v", len(rows), err)
	}
	mean := 0.0
	for i := range rows[0] {
		if !math.IsNaN(float64(rows[0][i])) || !math.IsNaN(float64(rows[1][i])) {
			t.Errorf("sample %d has a momentum loss before epoch 3", i)
		}
		mean += float64(rows[2][i]) / float64(len(rows[2]))
	}
	// The first losses are the momentum losses, so both have the same mean.
	var m struct {
		Epoch        int
		Loss         float64
		MomentumLoss float64 `json:"momentum_loss"`
	}
	line, _, _ := strings.Cut(file(t, save, "on", run.MetricsFile), "\n")
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatal(err)
	}
	if m.Epoch != 3 || math.Abs(m.Loss-mean) > 1e-5 || math.Abs(m.MomentumLoss-mean) > 1e-5 {
		t.Errorf("%s, mean momentum loss %v", line, mean)
	}
	// Files with less than that cannot be resumed.
	weights, _ := theirs.Lookup("state_dict")
	if err := serialize.Save(path, serialize.NewDict("epoch", 2, "state_dict", weights)); err != nil {
		t.Fatal(err)
	}
	refused(t, 1, []string{path, "optimiser"}, named("less", data, save, "--resume="+path)...)
}

func pickled(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := serialize.Write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A run that was killed before its first checkpoint starts again.
func TestKilledBeforeFirstCheckpoint(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, named("whole", data, save)...)
	for _, files := range [][]string{
		{".config.yaml.ABC.tmp"},
		{run.ConfigFile},
		{run.ConfigFile, run.CommandFile, run.EnvironmentFile, run.LogFile, run.MetricsFile, run.HistoryFile, ".model.pt.next.tmp"},
	} {
		for _, more := range [][]string{nil, {"--resume"}} {
			cut := filepath.Join(save, "cut")
			if err := os.RemoveAll(cut); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(cut, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				text := ""
				if !strings.HasPrefix(f, ".") {
					text = file(t, save, "whole", f)
				}
				writeFile(t, filepath.Join(cut, f), []byte(text))
			}
			if len(files) == 1 && files[0] != run.ConfigFile && more != nil {
				continue // no run to resume yet
			}
			must(t, named("cut", data, save, more...)...)
			for _, f := range append(run.HistoryFiles(), run.CheckpointFile) {
				if file(t, cut, f) != file(t, save, "whole", f) {
					t.Errorf("%v, %v: %s differs", files, more, f)
				}
			}
			if timeless(t, cut) != timeless(t, filepath.Join(save, "whole")) {
				t.Errorf("%v, %v: metrics differ", files, more)
			}
		}
	}
}

// A run whose last checkpoints are gone is not started again over the rest of it: the
// message names the kept checkpoint, from which the run resumes.
func TestWorkWithoutCheckpoint(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	args := func(more ...string) []string {
		return tiny(data, save, append([]string{"--epochs", "4", "--save-freq", "2"}, more...)...)
	}
	must(t, args()...)
	dir := filepath.Join(save, "t")
	whole, metrics, history := file(t, dir, run.CheckpointFile), file(t, dir, run.MetricsFile), file(t, dir, run.HistoryFile)
	remove := func(names ...string) {
		for _, name := range names {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	unchanged := func() {
		t.Helper()
		if file(t, dir, run.MetricsFile) != metrics || file(t, dir, run.HistoryFile) != history {
			t.Error("metrics or history changed")
		}
	}
	remove(run.CheckpointFile, run.PreviousFile, "model_4.pt")
	kept := filepath.Join(dir, "model_2.pt")
	for _, more := range []string{"--print-freq=0", "--resume"} {
		refused(t, 1, []string{"has no model.pt; --resume=" + kept + " resumes"}, args(more)...)
		unchanged()
	}
	must(t, args("--resume="+kept)...)
	if file(t, dir, run.CheckpointFile) != whole || file(t, dir, run.HistoryFile) != history {
		t.Error("the resumed run ends differently")
	}
	metrics = file(t, dir, run.MetricsFile)
	remove(run.CheckpointFile, run.PreviousFile, "model_2.pt", "model_4.pt")
	for _, more := range []string{"--print-freq=0", "--resume"} {
		refused(t, 1, []string{dir + " has metrics of 4 epochs but no checkpoint"}, args(more)...)
		unchanged()
	}
}
