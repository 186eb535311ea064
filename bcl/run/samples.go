package run

import (
	"encoding/csv"
	"io"
	"os"
	"strconv"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// SamplesFile names the samples of a run: momentum losses and weights can be joined to
// images by it.
const SamplesFile = "samples.csv"

// WriteSamples writes samples.csv, unless it is there: a line for each of n samples with its
// row (its column in momentum_loss.npy, from 0), its name, and its class, "" without one.
func (d *Dir) WriteSamples(n int, sample func(row int) (name, class string)) error {
	if _, err := os.Stat(d.File(SamplesFile)); err == nil {
		return nil
	}
	return atomicfile.WriteFile(d.File(SamplesFile), func(w io.Writer) error {
		c := csv.NewWriter(w)
		c.Write([]string{"row", "name", "class"})
		for row := range n {
			name, class := sample(row)
			if err := c.Write([]string{strconv.Itoa(row), name, class}); err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	})
}
