package features

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// names writes samples.csv and, if a sample has a label, labels.npy.
func (w *Writer) names() error {
	err := atomicfile.WriteFile(w.path(run.SamplesFile), func(out io.Writer) error {
		return run.SamplesTo(out, w.info.Samples, func(row int) (name, class string) {
			s := w.sample(row)
			return s.Name, s.Class
		})
	})
	if err != nil || w.info.Labelled == 0 {
		return err
	}
	return atomicfile.WriteFile(w.path(LabelsFile), func(out io.Writer) error {
		if err := npy.WriteHeader(out, dtype.Int64, w.info.Samples); err != nil {
			return err
		}
		var b [8]byte
		for row := range w.info.Samples {
			binary.LittleEndian.PutUint64(b[:], uint64(int64(w.sample(row).Label)))
			if _, err := out.Write(b[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Samples reads names, classes and labels in order, as a [Table]'s or a run's files have
// them.
type Samples struct {
	file, labels *os.File // labels of nil: there are none
	csv          *csv.Reader
	n, row       int
	buf          []byte
}

// Samples opens the samples.
func (t *Table) Samples() (*Samples, error) {
	s := &Samples{n: t.Info.Samples}
	var err error
	if s.file, err = os.Open(t.path(run.SamplesFile)); err != nil {
		return nil, err
	}
	s.csv = csv.NewReader(s.file)
	s.csv.FieldsPerRecord, s.csv.ReuseRecord = 3, true
	if _, err = s.csv.Read(); err == nil && t.Labelled > 0 {
		if s.labels, err = os.Open(t.path(LabelsFile)); err == nil {
			var d dtype.DType
			var shape []int
			if d, shape, _, err = npy.ReadHeader(s.labels); err == nil && (d != dtype.Int64 || len(shape) != 1 || shape[0] != s.n) {
				err = fmt.Errorf("%s: %v %v, expected %d int64", quote.Name(s.labels.Name()), d, shape, s.n)
			}
		}
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", quote.Name(t.dir), err)
	}
	return s, nil
}

// Next returns the next sample; after the last the error is [io.EOF].
func (s *Samples) Next() (Sample, error) {
	fields, err := s.csv.Read()
	switch {
	case err == io.EOF && s.row == s.n:
		return Sample{}, io.EOF
	case err == io.EOF:
		err = fmt.Errorf("%d samples, expected %d", s.row, s.n)
	case err == nil && fields[0] != strconv.Itoa(s.row):
		err = fmt.Errorf("row %q, expected %d", fields[0], s.row)
	case err == nil && s.row == s.n:
		err = fmt.Errorf("more than %d samples", s.n)
	}
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %w", quote.Name(s.file.Name()), err)
	}
	s.row++
	out := Sample{Name: quote.Unescape(fields[1]), Class: quote.Unescape(fields[2]), Label: -1}
	if s.labels == nil {
		return out, nil
	}
	if len(s.buf) == 0 {
		s.buf = make([]byte, 8*min(4096, s.n-s.row+1))
		if _, err := io.ReadFull(s.labels, s.buf); err != nil {
			return Sample{}, fmt.Errorf("%s: %w", quote.Name(s.labels.Name()), err)
		}
	}
	out.Label = int(int64(binary.LittleEndian.Uint64(s.buf)))
	s.buf = s.buf[8:]
	return out, nil
}

// Close closes the files.
func (s *Samples) Close() {
	s.file.Close()
	if s.labels != nil {
		s.labels.Close()
	}
}
