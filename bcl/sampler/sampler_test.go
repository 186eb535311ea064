package sampler

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
)

// numbers is a source without images: a view is sample, weight*100, epoch, view.
type numbers struct {
	n   int
	bad int // this sample fails
}

func (s numbers) Len() int { return s.n }
func (s numbers) Views() [][]Spec {
	one := []Spec{{dtype.Uint8, []int64{4}}}
	return [][]Spec{one, one}
}
func (s numbers) NewViewer() Viewer { return s }
func (s numbers) View(dst [][]byte, sample int, w float64, epoch, view int) error {
	if sample == s.bad {
		return errors.New("bad sample")
	}
	copy(dst[0], []byte{byte(sample), byte(100 * w), byte(epoch), byte(view)})
	return nil
}

func half(int) float64 { return 0.5 }

// collect runs an epoch and returns its samples, its views and the batches' sizes.
func collect(t *testing.T, s *Sampler, epoch, first int) (samples []int, views []byte, sizes []int) {
	t.Helper()
	e := s.Epoch(epoch, first, half)
	defer e.Close()
	for {
		b, err := e.Next()
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			return samples, views, sizes
		}
		samples = append(samples, b.Samples...)
		views = append(views, b.Buffers[0].Data...)
		sizes = append(sizes, len(b.Samples))
		e.Recycle(b)
	}
}

func TestEpochVisitsEverySampleOnce(t *testing.T) {
	s, err := New(numbers{100, -1}, 3, 16, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	samples, views, sizes := collect(t, s, 5, 0)
	if want := []int{16, 16, 16, 16, 16, 16, 4}; !slices.Equal(sizes, want) {
		t.Errorf("batches of %v, want %v", sizes, want)
	}
	for k, i := range samples {
		for v := range 2 {
			if got, want := views[8*k+4*v:8*k+4*v+4], []byte{byte(i), 50, 5, byte(v)}; !bytes.Equal(got, want) {
				t.Fatalf("view %d of sample %d is %v, want %v", v, i, got, want)
			}
		}
	}
	slices.Sort(samples)
	for i, v := range samples {
		if i != v {
			t.Fatalf("sample %d is missing", i)
		}
	}
}

func TestLastBatchIsNeverOneSample(t *testing.T) {
	for _, c := range []struct {
		batch, n int
		want     []int
	}{
		{16, 33, []int{16, 15, 2}}, {16, 34, []int{16, 16, 2}}, {16, 32, []int{16, 16}}, {16, 17, []int{15, 2}}, {16, 5, []int{5}}, {16, 16, []int{16}},
		{3, 7, []int{3, 2, 2}}, {3, 4, []int{2, 2}},
		{2, 2, []int{2}}, {2, 3, []int{3}}, {2, 4, []int{2, 2}}, {2, 7, []int{2, 2, 3}},
	} {
		s, err := New(numbers{c.n, -1}, 1, c.batch, 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		samples, _, sizes := collect(t, s, 1, 0)
		if !slices.Equal(sizes, c.want) || s.Batches() != len(c.want) || len(samples) != c.n {
			t.Errorf("%d samples in %d batches of %v, want %v", c.n, s.Batches(), sizes, c.want)
		}
		slices.Sort(samples)
		if len(slices.Compact(samples)) != c.n {
			t.Errorf("%d samples in batches of %d: some are repeated", c.n, c.batch)
		}
		if rest, _, _ := collect(t, s, 1, s.Batches()-1); len(rest) != c.want[len(c.want)-1] {
			t.Errorf("%d samples in batches of %d, entered at the last: %d of it", c.n, c.batch, len(rest))
		}
	}
}

func TestEpochEntersAnywhere(t *testing.T) {
	s, _ := New(numbers{50, -1}, 1, 8, 2, nil)
	all, views, _ := collect(t, s, 2, 0)
	rest, restViews, _ := collect(t, s, 2, 3)
	if !slices.Equal(all[24:], rest) || !bytes.Equal(views[24*8:], restViews) {
		t.Error("an epoch started at batch 3 differs from batch 3 of the complete one")
	}
	if next, _, _ := collect(t, s, 3, 0); slices.Equal(all, next) {
		t.Error("two epochs have the same order")
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ n, batch, workers int }{{1, 8, 1}, {8, 1, 1}, {8, 4, 0}} {
		if _, err := New(numbers{c.n, -1}, 1, c.batch, c.workers, nil); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	s, _ := New(numbers{20, 7}, 1, 4, 2, nil)
	e := s.Epoch(1, 0, half)
	defer e.Close()
	var err error
	for err == nil {
		var b *Batch
		if b, err = e.Next(); b == nil {
			t.Fatal("a sample that fails is not an error")
		}
	}
}

func TestCloseEarly(t *testing.T) {
	s, _ := New(numbers{1000, -1}, 1, 8, 3, nil)
	e := s.Epoch(1, 0, half)
	if _, err := e.Next(); err != nil {
		t.Fatal(err)
	}
	e.Close() // must not hang with batches in progress
}

func ExampleSampler_Epoch() {
	s, _ := New(numbers{6, -1}, 1, 4, 2, nil)
	e := s.Epoch(1, 0, func(int) float64 { return 0 })
	defer e.Close()
	for {
		b, err := e.Next()
		if err != nil || b == nil {
			break
		}
		fmt.Println(len(b.Samples), "samples,", len(b.Buffers[0].Data), "bytes")
		e.Recycle(b)
	}
	// Output:
	// 4 samples, 32 bytes
	// 2 samples, 16 bytes
}
