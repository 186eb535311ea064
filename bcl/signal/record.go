package signal

import (
	"fmt"
	"math"
	"slices"
)

// Recorder keeps some recorded signals of each sample during an epoch. It is not for
// concurrent use.
type Recorder struct {
	names []Name
	rows  [][]float32 // by name, then sample; NaN: not seen in this epoch
}

// NewRecorder returns a recorder of some signals of n samples.
func NewRecorder(names []Name, n int) *Recorder {
	r := &Recorder{names: slices.Clone(names), rows: make([][]float32, len(names))}
	for i := range r.rows {
		r.rows[i] = make([]float32, n)
	}
	r.Reset()
	return r
}

// Names lists the signals.
func (r *Recorder) Names() []Name { return r.names }

// Reset begins an epoch, in which no sample has been seen.
func (r *Recorder) Reset() {
	for _, row := range r.rows {
		for i := range row {
			row[i] = float32(math.NaN())
		}
	}
}

// Observe records the signals of a batch: for each name, in order, a value for each of the
// samples. draws are how often this epoch had each of them before, nil for never: of a sample
// that comes several times the mean is kept.
func (r *Recorder) Observe(samples, draws []int, values []float32) {
	for k, row := range r.rows {
		for i, v := range r.Of(values, r.names[k], len(samples)) {
			if draws != nil && draws[i] > 0 {
				mean := float64(row[samples[i]])
				v = float32(mean + (float64(v)-mean)/float64(draws[i]+1))
			}
			row[samples[i]] = v
		}
	}
}

// Drawn lists the samples that this epoch had so far, with their signals as Observe takes them.
func (r *Recorder) Drawn() (samples []int, values []float32) {
	for i, v := range r.rows[0] {
		if !math.IsNaN(float64(v)) {
			samples = append(samples, i)
		}
	}
	for _, row := range r.rows {
		for _, i := range samples {
			values = append(values, row[i])
		}
	}
	return samples, values
}

// Of returns, of values as Observe takes them of n samples, those of a signal, which must be
// one of r's.
func (r *Recorder) Of(values []float32, name Name, n int) []float32 {
	k := slices.Index(r.names, name)
	return values[k*n : (k+1)*n]
}

// Row returns the values of a signal in this epoch, nil if it is not one of r's. The slice is
// the recorder's own.
func (r *Recorder) Row(name Name) []float32 {
	if k := slices.Index(r.names, name); k >= 0 {
		return r.rows[k]
	}
	return nil
}

// Set sets the values of a signal in this epoch, those of a checkpoint.
func (r *Recorder) Set(name Name, values []float32) error {
	row := r.Row(name)
	if len(values) != len(row) {
		return fmt.Errorf("%s: %d values, expected %d", name, len(values), len(row))
	}
	copy(row, values)
	return nil
}
