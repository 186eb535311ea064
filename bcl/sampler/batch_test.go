package sampler

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bcl-go/bcl/torch/dtype"
)

// pairs is a source of two views that differ: one input of two bytes, and two inputs, of
// three padded bytes and of a mask.
type pairs struct{ n int }

func (p pairs) Len() int { return p.n }
func (p pairs) Views() [][]Spec {
	spec := func(n int64) Spec { return Spec{dtype.Uint8, []int64{n}} }
	return [][]Spec{{spec(2)}, {spec(3), spec(1)}}
}
func (p pairs) NewViewer() Viewer { return p }
func (p pairs) View(dst [][]byte, sample int, _ float64, epoch, view int) error {
	for _, d := range dst {
		for i := range d {
			d[i] = byte(10*sample + len(dst)*len(d))
		}
	}
	return nil
}

// Views of different shapes have separate buffers, with a row per sample.
func TestViewsOfOtherShapes(t *testing.T) {
	s, err := New(pairs{5}, 1, 3, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := s.Epoch(1, 0, half)
	defer e.Close()
	for size := 3; ; size = 2 {
		b, err := e.Next()
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			break
		}
		if len(b.Samples) != size || len(b.Buffers) != 3 {
			t.Fatalf("%d samples in %d buffers", len(b.Samples), len(b.Buffers))
		}
		for i, want := range []struct{ bytes, value int }{{2, 2}, {3, 6}, {1, 2}} {
			buffer := b.Buffers[i]
			if buffer.Rows != size || len(buffer.Data) != size*want.bytes || buffer.Spec.Bytes() != want.bytes {
				t.Fatalf("buffer %d has %d rows, %d bytes", i, buffer.Rows, len(buffer.Data))
			}
			for k, sample := range b.Samples {
				row := buffer.Data[k*want.bytes : (k+1)*want.bytes]
				if !slices.Equal(row, slices.Repeat([]byte{byte(10*sample + want.value)}, want.bytes)) {
					t.Errorf("buffer %d, sample %d: %v", i, sample, row)
				}
			}
		}
		e.Recycle(b)
	}
}

// The memory of batches comes from the allocator, only as much as batches in progress
// need, for any number of epochs and any way that they end.
func TestMemoryIsUsedAgain(t *testing.T) {
	allocated := 0
	alloc := func(size int) []byte { allocated++; return make([]byte, size) }
	s, err := New(numbers{64, -1}, 1, 8, 2, alloc)
	if err != nil {
		t.Fatal(err)
	}
	for epoch := 1; epoch <= 20; epoch++ {
		e := s.Epoch(epoch, 0, half)
		for range epoch % 8 { // and then it is closed early
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			e.Recycle(b)
		}
		e.Close()
	}
	if most := ahead + 2; allocated > most {
		t.Errorf("%d buffers were allocated, expected at most %d", allocated, most)
	}
}

// slowFirst fails for every sample, and takes longer for the first.
type slowFirst struct{ numbers }

func (s slowFirst) NewViewer() Viewer { return s }
func (s slowFirst) View(_ [][]byte, sample int, _ float64, _, _ int) error {
	if sample == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("sample %d", sample)
}

// The error of a batch is that of its first sample, whichever worker finishes first.
func TestFirstError(t *testing.T) {
	l, err := NewLoader(slowFirst{numbers{4 * chunk, -1}}, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, 4*chunk)
	for i := range all {
		all[i] = i
	}
	e := l.Epoch(0, 1, func(int) []int { return all }, half)
	defer e.Close()
	if _, err := e.Next(); err == nil || err.Error() != "sample 0" {
		t.Errorf("error %v, want that of sample 0", err)
	}
}

// Largest tells the memory of every batch of an epoch, also of a last one of three.
func TestLargest(t *testing.T) {
	for _, c := range []struct{ n, batch, rows int }{{100, 16, 32}, {9, 2, 6}, {33, 16, 32}, {5, 16, 10}} {
		most := 0
		s, err := New(numbers{c.n, -1}, 1, c.batch, 2, func(size int) []byte { most = max(most, size); return make([]byte, size) })
		if err != nil {
			t.Fatal(err)
		}
		collect(t, s, 1, 0)
		samples, largest := s.Largest()
		if samples != c.rows/2 || len(largest) != 1 || largest[0].Rows != c.rows || largest[0].Size() != most {
			t.Errorf("%d samples in batches of %d: %+v, want %d rows of %d bytes in all", c.n, c.batch, largest, c.rows, most)
		}
	}
}
