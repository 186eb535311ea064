package run

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fourEpochs is the folder of a run of four epochs with the checkpoint of each, a file
// with the number of its epoch.
func fourEpochs(t *testing.T, last int) *Dir {
	t.Helper()
	d := create(t)
	for epoch := 1; epoch <= 4; epoch++ {
		if err := d.Metric(Metrics{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
		write := func(path string) error { return os.WriteFile(path, []byte(strconv.Itoa(epoch)), 0o644) }
		if err := d.Replace(write, last, []string{KeptName(epoch)}); err != nil {
			t.Fatal(err)
		}
	}
	d.Close()
	return d
}

// epochsOf are the complete epochs of the last checkpoints in a folder, newest first.
func epochsOf(t *testing.T, d *Dir) (epochs []int) {
	t.Helper()
	for _, name := range Checkpoints(d.Path) {
		epochs = append(epochs, epochIn(t, d, name))
	}
	return epochs
}

func epochIn(t *testing.T, d *Dir, name string) int {
	t.Helper()
	epoch, err := strconv.Atoi(read(t, d.File(name)))
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

// The checkpoint that a run goes back to becomes the newest, and the old newest the one
// before.
func TestGoBack(t *testing.T) {
	for _, c := range []struct {
		from        string
		epoch, last int
		want        []int
	}{
		{KeptName(1), 1, 2, []int{1, 4}},
		{KeptName(1), 1, 1, []int{1}},
		{KeptName(2), 2, 3, []int{2, 4, 3}},
		{PreviousFile, 3, 2, []int{3, 4}},
		{PreviousFile, 3, 3, []int{3, 4, 3}},
		{CheckpointFile, 4, 2, []int{4, 3}},
		{KeptName(4), 4, 2, []int{4, 3}}, // another name of the newest
	} {
		d := fourEpochs(t, c.last)
		before := read(t, d.File(c.from))
		again, err := GoBack(d.Path, d.File(c.from), c.epoch+1, c.last)
		if err != nil {
			t.Fatal(err)
		}
		again.Close()
		if got := epochsOf(t, d); !slices.Equal(got, c.want) {
			t.Errorf("back to %s, the last %d: checkpoints of epochs %v, want %v", c.from, c.last, got, c.want)
		}
		if read(t, d.File(CheckpointFile)) != before {
			t.Errorf("back to %s: %s is another file", c.from, CheckpointFile)
		}
		if n := strings.Count(read(t, d.File(MetricsFile)), "\n"); n != c.epoch {
			t.Errorf("back to %s: metrics of %d epochs, want %d", c.from, n, c.epoch)
		}
		for epoch := 1; epoch <= 4; epoch++ {
			if got := epochIn(t, d, KeptName(epoch)); got != epoch {
				t.Errorf("back to %s: the kept checkpoint of epoch %d is of %d", c.from, epoch, got)
			}
		}
	}
}

// Without the checkpoint, or while the run is in progress, nothing changes.
func TestGoBackFails(t *testing.T) {
	d := fourEpochs(t, 2)
	state := func() string {
		return fmt.Sprint(epochsOf(t, d), read(t, d.File(MetricsFile)))
	}
	before := state()
	if _, err := GoBack(d.Path, d.File(KeptName(9)), 10, 2); err == nil || !strings.Contains(err.Error(), "going back to "+d.File(KeptName(9))) {
		t.Errorf("a missing checkpoint: error %v", err)
	}
	busy, err := locked(d.Path, func(*Dir) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := GoBack(d.Path, d.File(KeptName(1)), 2, 2); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a run in progress: error %v", err)
	}
	busy.Close()
	// A folder that is not empty cannot be replaced.
	if err := os.Remove(d.File(PreviousFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(d.File(PreviousFile)+"/x", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := GoBack(d.Path, d.File(KeptName(1)), 2, 2); err == nil {
		t.Error("the old newest checkpoint could not be renamed")
	}
	if err := os.RemoveAll(d.File(PreviousFile)); err != nil {
		t.Fatal(err)
	}
	if got, want := state(), strings.Replace(before, "[4 3]", "[4]", 1); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if left, _ := fs.Glob(os.DirFS(d.Path), ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
}
