package sampler

import (
	"slices"
	"testing"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		n, most int
		want    []int
	}{
		{8192, 4096, []int{0, 4096, 8192}}, {9, 4, []int{0, 3, 6, 9}}, {10, 4, []int{0, 3, 6, 10}},
		{4, 4, []int{0, 4}}, {3, 4, []int{0, 3}}, {0, 4, []int{0}},
	} {
		if got := Cut(c.n, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%d samples in chunks of %d: %v, want %v", c.n, c.most, got, c.want)
		}
	}
	for n := 2; n < 200; n++ {
		for most := 3; most < 20; most++ {
			for cut := Cut(n, most); len(cut) > 1; cut = cut[1:] {
				if size := cut[1] - cut[0]; size < 2 || size > most {
					t.Fatalf("%d samples in chunks of %d: one of %d", n, most, size)
				}
			}
		}
	}
}

// The chunks of all processes are those of one.
func TestShareChunks(t *testing.T) {
	for _, n := range []int{2, 3, 9, 64, 103} {
		for of := 1; of <= 4; of++ {
			got, at := []int{0}, 0
			for rank := range of {
				s := &Sampler{loader: &Loader{}}
				s.ShareChunks(rank, of, 8)
				chunks := s.Chunks(n, 8)
				for _, b := range chunks[1:] {
					got = append(got, at+b)
				}
				if shares := s.Shares(n); shares[rank] != chunks[len(chunks)-1] {
					t.Errorf("rank %d of %d has %d of %d samples, in chunks %v", rank, of, shares[rank], n, chunks)
				}
				at += chunks[len(chunks)-1]
			}
			if want := Cut(n, 8); !slices.Equal(got, want) {
				t.Errorf("%d processes cut %d samples at %v, want %v", of, n, got, want)
			}
		}
	}
}
