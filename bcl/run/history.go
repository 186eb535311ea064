package run

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// SignalFile is the name of the file of a signal, in the form of momentum_loss.npy.
func SignalFile(s signal.Name) string { return "signal_" + string(s) + ".npy" }

// HistoryFiles lists the files that OpenHistory can open.
func HistoryFiles() []string { return historyFiles(signal.Recorded()) }

// Lost are the epochs that OpenHistory found missing in some files.
type Lost struct {
	Files  []string
	Epochs int // of each
}

// OpenHistory opens momentum_loss.npy and the files of some signals, float32 of epochs x
// samples, to resume after some epochs. Rows of later ones, written before the interruption,
// are removed; rows that are lost, because a file was removed or there was none yet, become
// NaN.
func (d *Dir) OpenHistory(samples, epochs int, signals ...signal.Name) (lost []Lost, err error) {
	for _, name := range historyFiles(signals) {
		rows, err := npy.OpenRows(d.File(name), dtype.Float32, samples)
		if err != nil {
			return nil, err
		}
		d.history = append(d.history, rows)
		if missing := epochs - rows.Len(); missing > 0 {
			lost = with(lost, name, missing)
			err = fill(rows, samples, epochs)
		} else if missing < 0 {
			err = rows.Truncate(epochs)
		}
		if err != nil {
			return nil, err
		}
	}
	return lost, nil
}

// with returns lost with a file that lacks some epochs.
func with(lost []Lost, name string, epochs int) []Lost {
	i := slices.IndexFunc(lost, func(l Lost) bool { return l.Epochs == epochs })
	if i < 0 {
		return append(lost, Lost{[]string{name}, epochs})
	}
	lost[i].Files = append(lost[i].Files, name)
	return lost
}

// fill appends rows of NaN, some at a time.
func fill(rows *npy.Rows, samples, epochs int) error {
	most := max(1, 1<<20/samples)
	unknown := npy.FromFloat32s(slices.Repeat([]float32{float32(math.NaN())}, samples*min(most, epochs-rows.Len()))).Data
	for rows.Len() < epochs {
		if err := rows.Append(unknown[:4*samples*min(most, epochs-rows.Len())]); err != nil {
			return err
		}
	}
	return nil
}

// Remember appends the momentum losses at the end of an epoch and, in the order of OpenHistory,
// the epoch's signals. The files are synced at the same time.
func (d *Dir) Remember(loss []float32, signals ...[]float32) error {
	all := append([][]float32{loss}, signals...)
	if len(all) != len(d.history) {
		panic(fmt.Sprintf("run: %d signals for %d files", len(signals), len(d.history)-1))
	}
	written := make(chan error)
	for i, row := range all {
		go func() { written <- d.history[i].Append(npy.FromFloat32s(row).Data) }()
	}
	var errs []error
	for range all {
		errs = append(errs, <-written)
	}
	return errors.Join(errs...)
}

// History reads momentum_loss.npy of the run at path: a row for each epoch done.
func History(path string) (rows [][]float32, err error) { return history(File(path, HistoryFile)) }

// Signals reads the file of a signal of the run at path as [History] does its file.
func Signals(path string, s signal.Name) (rows [][]float32, err error) {
	return history(File(path, SignalFile(s)))
}

func history(path string) (rows [][]float32, err error) {
	a, err := npy.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := a.Float32s()
	if err != nil || len(a.Shape) != 2 {
		return nil, fmt.Errorf("%s: %v %v, expected float32 of epochs x samples", path, a.DType, a.Shape)
	}
	for i := range a.Shape[0] {
		n := a.Shape[1]
		rows = append(rows, all[i*n:(i+1)*n])
	}
	return rows, nil
}

// HistoryOf reads some rows of momentum_loss.npy of the run at path, which may be training:
// those that choose names, of the epochs 0 to epochs-1. A long history of many samples need
// not fit into memory.
func HistoryOf(path string, choose func(epochs int) []int) (at []int, rows [][]float32, err error) {
	f, err := os.Open(File(path, HistoryFile))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	head := make([]byte, 10)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	text := make([]byte, binary.LittleEndian.Uint16(head[8:]))
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	var epochs, samples int
	_, shape, _ := strings.Cut(string(text), "'shape': ")
	if _, err := fmt.Sscanf(shape, "(%d, %d)", &epochs, &samples); err != nil || !strings.Contains(string(text), "'<f4'") || samples < 1 {
		return nil, nil, fmt.Errorf("%s: expected float32 of epochs x samples in NumPy's format 1.0", f.Name())
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	start := int64(len(head) + len(text))
	if int64(epochs) > (info.Size()-start)/4/int64(samples) {
		return nil, nil, fmt.Errorf("%s: %d bytes are too few for %d epochs of %d samples", f.Name(), info.Size(), epochs, samples)
	}
	row := make([]byte, 4*samples)
	for _, e := range choose(epochs) {
		if _, err := f.ReadAt(row, start+int64(e)*int64(len(row))); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		loss := make([]float32, samples)
		for i := range loss {
			loss[i] = math.Float32frombits(binary.LittleEndian.Uint32(row[4*i:]))
		}
		at, rows = append(at, e), append(rows, loss)
	}
	return at, rows, nil
}
