package views

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// The same seed gives the same bytes for 1, 2 or 7 workers.
func TestWorkersDoNotChangeTheBytes(t *testing.T) {
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ds, err := dataset.Subset(place.Train, []int{1, 5, 9, 100, 200, 300, 400, 500, 600, 700, 800})
	if err != nil {
		t.Fatal(err)
	}
	source := Images(ds, augment.CIFAR(32).With(augment.Boost{K: 1, R: 30}), 7)
	var want []byte
	for _, workers := range []int{1, 2, 7} {
		s, err := sampler.New(source, 7, 4, workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		e := s.Epoch(1, 0, func(int) float64 { return 0.5 })
		for {
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			if b == nil {
				break
			}
			got = append(got, b.Buffers[0].Data...)
			e.Recycle(b)
		}
		e.Close()
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d workers give other bytes than 1", workers)
		}
	}
}
