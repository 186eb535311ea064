package augment_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
)

// TestNoAllocation: views allocate nothing once their worker has its buffers, not even
// occasionally. The first views of a new worker allocate them; how many depends on how
// soon the largest crop comes.
func TestNoAllocation(t *testing.T) {
	large := augment.ImageNet(224).With(augment.Boost{K: 2, R: 30, NoFloor: true})
	kernel := *large
	kernel.Blur.Kernel = augment.KernelSize(224)
	for _, r := range []struct {
		name         string
		p            *augment.Pipeline
		w, h         int
		warmup, more uint32
	}{
		{"base", recipes[0].p, 32, 32, 20, 2000},
		{"k1", recipes[1].p, 32, 32, 20, 2000},
		{"k2", recipes[2].p, 32, 32, 20, 2000},
		{"224", large, 500, 400, 25, 25},
		{"224, torchvision's blur", &kernel, 500, 400, 25, 25},
	} {
		src := photo(r.w, r.h)
		dst := make([]uint8, 3*r.p.Size*r.p.Size)
		least := uint64(math.MaxUint64) // of a few runs: the runtime sometimes allocates too
		for range 4 {
			k := r.p.NewWorker()
			views := func(from, to uint32) {
				for i := from; i < to; i++ {
					k.View(dst, src, 0.9, 10, 1, i, 0)
				}
			}
			views(0, r.warmup)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			views(r.warmup, r.warmup+r.more)
			runtime.ReadMemStats(&after)
			if least = min(least, after.Mallocs-before.Mallocs); least == 0 {
				break
			}
		}
		if least > 0 {
			t.Errorf("%s: %d allocations in %d views after %d", r.name, least, r.more, r.warmup)
		}
	}
}
