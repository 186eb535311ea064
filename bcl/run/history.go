package run

import (
	"fmt"
	"math"
	"slices"

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
