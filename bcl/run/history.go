package run

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// OpenHistory opens momentum_loss.npy, float32 of epochs x samples, to resume after some
// epochs. Rows of later ones, written before the interruption, are removed; rows that are
// lost, because the file was removed, become NaN.
func (d *Dir) OpenHistory(samples, epochs int) (lost int, err error) {
	if d.history, err = npy.OpenRows(d.File(HistoryFile), dtype.Float32, samples); err != nil {
		return 0, err
	}
	if d.history.Len() > epochs {
		return 0, d.history.Truncate(epochs)
	}
	unknown := slices.Repeat([]float32{float32(math.NaN())}, samples)
	for d.history.Len() < epochs {
		if err := d.Remember(unknown); err != nil {
			return lost, err
		}
		lost++
	}
	return lost, nil
}

// Remember appends the momentum losses at the end of an epoch.
func (d *Dir) Remember(loss []float32) error {
	return d.history.Append(npy.FromFloat32s(loss).Data)
}

// History reads momentum_loss.npy of the run at path: a row for each epoch done.
func History(path string) (rows [][]float32, err error) {
	a, err := npy.ReadFile(File(path, HistoryFile))
	if err != nil {
		return nil, err
	}
	all, err := a.Float32s()
	if err != nil || len(a.Shape) != 2 {
		return nil, fmt.Errorf("%s: %v %v, expected float32 of epochs x samples", File(path, HistoryFile), a.DType, a.Shape)
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
