package features

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// format writes a table; progress counts rows.
type format struct {
	name  string
	write func(w io.Writer, t *Table, progress func(rows int) error) error
}

// formats are those beside .npy.
var formats = []format{
	{"safetensors", writeSafetensors},
	{"parquet", writeParquet},
	{"csv", writeCSV},
}

// Formats returns the names of the formats that [Table.Export] writes.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// CheckFormats returns an error for a name that is not among [Formats].
func CheckFormats(names []string) error {
	for _, n := range names {
		if !slices.Contains(Formats(), n) {
			return fmt.Errorf("%q is not among %s", n, strings.Join(Formats(), ", "))
		}
	}
	return nil
}

func fileOf(format string) string { return "features." + format }

// Export writes features.FORMAT beside the arrays, whole or not at all, in bounded memory.
// progress, which may be nil, is called with the rows done.
func (t *Table) Export(ctx context.Context, name string, progress func(done, total int)) (path string, err error) {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
	if i < 0 {
		return "", CheckFormats([]string{name})
	}
	path = t.path(fileOf(name))
	return path, atomicfile.WriteFile(path, func(w io.Writer) error {
		return formats[i].write(w, t, func(rows int) error {
			if progress != nil {
				progress(rows, t.Info.Samples)
			}
			return context.Cause(ctx)
		})
	})
}

// chunk is how many rows are read at a time.
const chunk = 256

// each calls f for the rows in order, with the sample and the elements of each layer.
func (t *Table) each(progress func(rows int) error, f func(row int, s Sample, layers [][]float32) error) error {
	samples, err := t.Samples()
	if err != nil {
		return err
	}
	defer samples.Close()
	all, one := make([][]float32, len(t.Layers)), make([][]float32, len(t.Layers))
	for i, l := range t.Layers {
		all[i] = make([]float32, chunk*l.Width)
	}
	for from := 0; from < t.Info.Samples; from += chunk {
		n := min(chunk, t.Info.Samples-from)
		for i, l := range t.Layers {
			if err := t.Floats(all[i][:n*l.Width], i, from); err != nil {
				return err
			}
		}
		for k := range n {
			s, err := samples.Next()
			if err != nil {
				return err
			}
			for i, l := range t.Layers {
				one[i] = all[i][k*l.Width : (k+1)*l.Width]
			}
			if err := f(from+k, s, one); err != nil {
				return err
			}
		}
		if err := progress(from + n); err != nil {
			return err
		}
	}
	_, err = samples.Next()
	if err == io.EOF {
		return nil
	}
	return err
}
