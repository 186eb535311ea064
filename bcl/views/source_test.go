package views

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// failing is a set whose images cannot be read a number of times.
type failing struct {
	dataset.Dataset
	err         error
	times, read int
}

func (f *failing) Image(i int) (*rgb.Image, error) {
	if f.read++; f.read <= f.times {
		return nil, f.err
	}
	return f.Dataset.Image(i)
}

// A file that cannot be read is tried four times, one that is no image once.
func TestReadAgain(t *testing.T) {
	defer func(before []time.Duration) { waits = before }(waits)
	waits = []time.Duration{1, 1, 1}
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stale := &fs.PathError{Op: "read", Path: "a.jpg", Err: errors.New("stale file handle")}
	for _, c := range []struct {
		err         error
		times, read int
		fails       bool
	}{{stale, 0, 1, false}, {stale, 3, 4, false}, {stale, 4, 4, true}, {errors.New("a.jpg: not a JPEG"), 1, 1, true}} {
		ds := &failing{Dataset: place.Train, err: c.err, times: c.times}
		err := Images(ds, augment.CIFAR(8), 1).NewViewer().View([][]byte{make([]byte, 8*8*3)}, 7, 0, 1, 0)
		if (err != nil) != c.fails || ds.read != c.read {
			t.Errorf("%v, %d times: read %d times, want %d; error %v", c.err, c.times, ds.read, c.read, err)
		}
		if err != nil && !strings.Contains(err.Error(), "sample 7: ") {
			t.Errorf("error %v does not name the sample", err)
		}
	}
}

// The views of a sample that follow each other need its image once, and equal those of a new
// viewer; a sample that could not be read is read again.
func TestReadOncePerSample(t *testing.T) {
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ds := &failing{Dataset: place.Train}
	source := Images(ds, augment.CIFAR(8), 1)
	v := source.NewViewer()
	got, want := make([]byte, 8*8*3), make([]byte, 8*8*3)
	for _, c := range []struct{ sample, view, read int }{{0, 0, 1}, {0, 1, 0}, {3, 0, 1}, {3, 1, 0}, {0, 1, 1}} {
		ds.read = 0
		if err := v.View([][]byte{got}, c.sample, 0, 1, c.view); err != nil {
			t.Fatal(err)
		}
		if ds.read != c.read {
			t.Errorf("view %d of sample %d: read %d times, want %d", c.view, c.sample, ds.read, c.read)
		}
		if err := source.NewViewer().View([][]byte{want}, c.sample, 0, 1, c.view); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("view %d of sample %d is not that of a new viewer", c.view, c.sample)
		}
	}
	ds.read, ds.times, ds.err = 0, 1, errors.New("no image")
	if err := v.View([][]byte{got}, 5, 0, 1, 0); err == nil {
		t.Error("no error")
	}
	if err := v.View([][]byte{got}, 5, 0, 1, 1); err != nil || ds.read != 2 {
		t.Errorf("read %d times, want 2; error %v", ds.read, err)
	}
}
