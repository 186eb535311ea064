package run

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// SamplesFile names the samples of a run: momentum losses, weights and features can be
// joined to images by it.
const SamplesFile = "samples.csv"

// WriteSamples writes samples.csv: a line for each of n samples with its row (its column in
// momentum_loss.npy and the signals' files, from 0), its name, and its class, "" without one. A file that is there
// is compared with that, and replaced if it differs. It takes no memory for each sample.
func (d *Dir) WriteSamples(n int, sample func(row int) (name, class string)) (replaced bool, err error) {
	write := func(w io.Writer) error { return SamplesTo(w, n, sample) }
	there, err := holds(d.File(SamplesFile), write)
	switch {
	case err == nil && there:
		return false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	return err == nil, atomicfile.WriteFile(d.File(SamplesFile), write)
}

// SamplesTo writes what samples.csv holds. Names are as [quote.Escape] writes them, so that any
// program reads the file.
func SamplesTo(w io.Writer, n int, sample func(row int) (name, class string)) error {
	c := csv.NewWriter(w)
	c.Write([]string{"row", "name", "class"})
	for row := range n {
		name, class := sample(row)
		if err := c.Write([]string{strconv.Itoa(row), quote.Escape(name), quote.Escape(class)}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// holds reports whether a file has just the bytes that write writes.
func holds(path string, write func(w io.Writer) error) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	c := &comparison{file: bufio.NewReaderSize(f, 1<<18)}
	if err := write(c); err != nil {
		return false, ignore(err, errDiffers)
	}
	_, err = c.file.ReadByte()
	return err == io.EOF, ignore(err, io.EOF)
}

var errDiffers = errors.New("the file has other bytes")

// ignore returns err unless it is what is expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// comparison is a writer that compares with a file.
type comparison struct {
	file *bufio.Reader
	buf  []byte
}

func (c *comparison) Write(p []byte) (int, error) {
	c.buf = append(c.buf[:0], p...)
	switch _, err := io.ReadFull(c.file, c.buf); {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return 0, errDiffers
	case err != nil:
		return 0, err
	case !bytes.Equal(c.buf, p):
		return 0, errDiffers
	}
	return len(p), nil
}

// Sample is a line of samples.csv.
type Sample struct{ Name, Class string }

// ReadSamples reads samples.csv of the run at path, in the order of the rows. The error is
// [fs.ErrNotExist] without a file, as in runs of before it was written.
func ReadSamples(path string) (list []Sample, err error) {
	f, err := os.Open(File(path, SamplesFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := csv.NewReader(f)
	c.FieldsPerRecord, c.ReuseRecord = 3, true
	for line := 1; ; line++ {
		fields, err := c.Read()
		switch {
		case err == io.EOF:
			return list, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		case line == 1:
			continue // titles
		case fields[0] != strconv.Itoa(len(list)):
			return nil, fmt.Errorf("%s: line %d has row %q, expected %d", f.Name(), line, fields[0], len(list))
		}
		list = append(list, Sample{quote.Unescape(fields[1]), quote.Unescape(fields[2])})
	}
}
