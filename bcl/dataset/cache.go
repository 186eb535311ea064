package dataset

import (
	"cmp"
	"sync/atomic"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// cache keeps decoded images until its budget is full, and never evicts. Epochs visit
// every sample once in random order, so evicting the oldest image would drop one that the
// next epoch needs as much.
type cache struct {
	slots []atomic.Pointer[rgb.Image]
	left  atomic.Int64 // bytes
}

// newCache returns a cache for n images with the limit of opt.
func newCache(n int, opt Options) *cache {
	c := new(cache)
	if bytes := cmp.Or(opt.CacheBytes, DefaultCacheBytes); bytes > 0 {
		c.slots = make([]atomic.Pointer[rgb.Image], n)
		c.left.Store(bytes)
	}
	return c
}

// get returns image i, from memory or from load. Two callers that miss at the
// same time both load; one result is kept.
func (c *cache) get(i int, load func() (*rgb.Image, error)) (*rgb.Image, error) {
	if c.slots == nil {
		return load()
	}
	if m := c.slots[i].Load(); m != nil {
		return m, nil
	}
	m, err := load()
	if err != nil {
		return nil, err
	}
	size := int64(len(m.Pix))
	if c.left.Add(-size) < 0 || !c.slots[i].CompareAndSwap(nil, m) {
		c.left.Add(size)
	}
	return m, nil
}
