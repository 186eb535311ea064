package views

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// The views of an epoch of the same images from a folder, tars and Parquet are the same bytes,
// from its first batch and from any other, as after resuming.
func TestShardsGiveTheSameViews(t *testing.T) {
	views := func(place string, first, workers int) (all []byte) {
		p, err := dataset.Open("../dataset/testdata/shards/"+place, dataset.Options{IndexDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		s, err := sampler.New(Images(p.Train, augment.CIFAR(16).With(augment.Boost{K: 2, R: 30}), 3), 3, 2, workers, nil)
		if err != nil {
			t.Fatal(err)
		}
		e := s.Epoch(2, first, func(i int) float64 { return float64(i) / 9 })
		defer e.Close()
		for {
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			if b == nil {
				return all
			}
			all = append(all, b.Buffers[0].Data...)
			e.Recycle(b)
		}
	}
	for _, first := range []int{0, 2} {
		want := views("folder", first, 1)
		for _, place := range []string{"tar", "parquet"} {
			if got := views(place, first, 3); len(got) == 0 || !bytes.Equal(got, want) {
				t.Errorf("%s from batch %d: other bytes than the folder's", place, first)
			}
		}
	}
}
