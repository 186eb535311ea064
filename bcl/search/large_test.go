package search

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/torch"
)

// drawn makes vectors when they are read: 500 clusters in 24 dimensions, turned into width
// dimensions, and a little noise in each.
type drawn struct {
	turn  []float32 // 24 x width
	width int
	seed  uint64
}

const inner = 24

func newDrawn(width int, seed uint64) *drawn {
	d := &drawn{width: width, seed: seed}
	s := rng.New(1, rng.Order, 0, 0, 0)
	for range inner * width {
		d.turn = append(d.turn, float32(s.Uniform(-1, 1)))
	}
	return d
}

func (d *drawn) Floats(dst []float32, from int) error {
	for i := range len(dst) / d.width {
		s := rng.New(d.seed, rng.Order, 1, uint32(from+i), 0)
		row, c := dst[i*d.width:(i+1)*d.width], float64(s.IntN(500))
		for k := range row {
			row[k] = float32(s.Uniform(-0.2, 0.2))
		}
		for j := range inner {
			z := float32(2*math.Sin(c*(1+0.37*float64(j))+float64(j*j)) + s.Uniform(-1, 1) + s.Uniform(-1, 1))
			for k, t := range d.turn[j*d.width : (j+1)*d.width] {
				row[k] += z * t
			}
		}
	}
	return nil
}

// TestLarge measures an index of $BCL_SEARCH vectors of width 512, such as 1000000: the time
// of a query in batches of 1,024 and the recall of ten neighbours, by lists searched.
func TestLarge(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("BCL_SEARCH"))
	if n == 0 {
		t.Skip("no BCL_SEARCH: the number of vectors, 2 kB each on disk")
	}
	if err := torch.SetNumThreads(2); err != nil {
		t.Fatal(err)
	}
	const width, queries = 512, 1024
	dir, start := filepath.Join(t.TempDir(), "index"), time.Now()
	if err := Build(context.Background(), dir, newDrawn(width, 2), width, make([]Item, n), Options{Lists: -1}); err != nil {
		t.Fatal(err)
	}
	index := open(t, dir)
	t.Logf("%d vectors, %d lists: built in %v", n, index.Lists, time.Since(start).Round(time.Second))
	q := make([]float32, queries*width)
	if err := newDrawn(width, 3).Floats(q, 0); err != nil {
		t.Fatal(err)
	}
	timed := func(probe int) ([][]Hit, time.Duration) {
		least := time.Duration(math.MaxInt64)
		var hits [][]Hit
		for range 3 {
			start := time.Now()
			var err error
			if hits, err = index.Search(context.Background(), q, 10, probe); err != nil {
				t.Fatal(err)
			}
			least = min(least, time.Since(start))
		}
		return hits, least / queries
	}
	every, exact := timed(max(1, index.Lists))
	t.Logf("all: %v a query", exact)
	for _, probe := range []int{4, 8, 16, 24, 32, 64} {
		hits, each := timed(probe)
		found := 0
		for i := range every {
			for _, h := range every[i] {
				if slices.ContainsFunc(hits[i], func(o Hit) bool { return o.ID == h.ID }) {
					found++
				}
			}
		}
		t.Logf("nprobe %d: recall %.4f, %v a query (best of 3)", probe, float64(found)/float64(10*queries), each)
	}
}
