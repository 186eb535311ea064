package run

import (
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// opened returns the folder of a run whose history is open after some epochs.
func opened(t *testing.T, path string, epochs, lost int) *Dir {
	t.Helper()
	d := &Dir{Path: path}
	got, err := d.OpenHistory(2, epochs)
	if err != nil {
		t.Fatal(err)
	}
	if lost == 0 && got != nil || lost > 0 && !reflect.DeepEqual(got, []Lost{{[]string{HistoryFile}, lost}}) {
		t.Errorf("lost %v, want %d epochs", got, lost)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestHistory(t *testing.T) {
	dir := t.TempDir()
	d := opened(t, dir, 0, 0)
	for e := range 3 {
		if err := d.Remember([]float32{float32(e), 0.5}); err != nil {
			t.Fatal(err)
		}
		rows, err := History(dir)
		if err != nil || len(rows) != e+1 || !reflect.DeepEqual(rows[e], []float32{float32(e), 0.5}) {
			t.Fatalf("after epoch %d: %v, %v", e+1, rows, err)
		}
	}
	at, rows, err := HistoryOf(dir, func(epochs int) []int { return []int{0, epochs - 1} })
	if err != nil || !reflect.DeepEqual(at, []int{0, 2}) || !reflect.DeepEqual(rows, [][]float32{{0, 0.5}, {2, 0.5}}) {
		t.Errorf("%v %v, %v", at, rows, err)
	}
	d.Close()
	// The run was interrupted after the row of epoch 3 and before its checkpoint.
	d = opened(t, dir, 2, 0)
	if err := d.Remember([]float32{7, 8}); err != nil {
		t.Fatal(err)
	}
	if rows, err := History(dir); err != nil || !reflect.DeepEqual(rows, [][]float32{{0, 0.5}, {1, 0.5}, {7, 8}}) {
		t.Errorf("%v, %v", rows, err)
	}
	d.Close()
	if err := os.Remove(File(dir, HistoryFile)); err != nil {
		t.Fatal(err)
	}
	d = opened(t, dir, 2, 2)
	if err := d.Remember([]float32{1, 2}); err != nil {
		t.Fatal(err)
	}
	rows, err = History(dir)
	if err != nil || len(rows) != 3 || !math.IsNaN(float64(rows[1][1])) || rows[2][1] != 2 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestHistoryOfAnotherRun(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(File(dir, HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(f, npy.FromFloat32s(make([]float32, 6), 2, 3)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := (&Dir{Path: dir}).OpenHistory(2, 0); err == nil || !strings.Contains(err.Error(), "[2 3]") {
		t.Errorf("error %v", err)
	}
}

// Signals are beside the momentum losses; of the epochs before there were any nothing is known.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	d := opened(t, dir, 0, 0)
	if err := d.Remember([]float32{1, 2}); err != nil {
		t.Fatal(err)
	}
	d.Close()
	d = &Dir{Path: dir}
	lost, err := d.OpenHistory(2, 1, signal.Align, signal.COLT)
	if want := []Lost{{[]string{"signal_align.npy", "signal_colt.npy"}, 1}}; err != nil || !reflect.DeepEqual(lost, want) {
		t.Fatalf("%v, %v; want %v", lost, err, want)
	}
	defer d.Close()
	if err := d.Remember([]float32{3, 4}, []float32{5, 6}, []float32{7, 8}); err != nil {
		t.Fatal(err)
	}
	rows, err := Signals(dir, signal.COLT)
	if err != nil || len(rows) != 2 || rows[0][0] == rows[0][0] || !reflect.DeepEqual(rows[1], []float32{7, 8}) {
		t.Errorf("%v, %v", rows, err)
	}
	if rows, err := History(dir); err != nil || !reflect.DeepEqual(rows, [][]float32{{1, 2}, {3, 4}}) {
		t.Errorf("%v, %v", rows, err)
	}
	if _, err := Signals(dir, signal.Density); err == nil || !strings.Contains(err.Error(), "signal_density.npy") {
		t.Errorf("error %v", err)
	}
}

// Many lost rows of many samples are written some at a time.
func TestManyLostEpochs(t *testing.T) {
	d := &Dir{Path: t.TempDir()}
	if _, err := d.OpenHistory(1<<19, 5); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if n := d.history[0].Len(); n != 5 {
		t.Errorf("%d rows, want 5", n)
	}
}
