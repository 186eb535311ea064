package dataset

import (
	"sync/atomic"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// DefaultCacheBytes is five times 60,000 images of 32 x 32.
const DefaultCacheBytes = 1 << 30

// Cache is memory for decoded images of files. All parts of a data set share it, and all
// data sets that are opened with it. It keeps images until it is full, and never evicts:
// epochs visit every sample once in random order, so evicting the oldest image would drop
// one that the next epoch needs as much.
type Cache struct {
	left atomic.Int64 // bytes
}

// NewCache returns a cache for so many bytes of pixels; 0 keeps nothing.
func NewCache(bytes int64) *Cache {
	c := new(Cache)
	c.left.Store(max(bytes, 0))
	return c
}

// images are those of one data set that its cache keeps.
type images struct {
	slots []atomic.Pointer[rgb.Image]
	cache *Cache
}

func newImages(n int, opt Options) *images {
	c := opt.Cache
	if c == nil {
		c = NewCache(DefaultCacheBytes)
	}
	return &images{make([]atomic.Pointer[rgb.Image], n), c}
}

// get returns image i, from memory or from load. Two callers that miss at the
// same time both load; one result is kept.
func (c *images) get(i int, load func() (*rgb.Image, error)) (*rgb.Image, error) {
	if m := c.slots[i].Load(); m != nil {
		return m, nil
	}
	m, err := load()
	if err != nil {
		return nil, err
	}
	size := int64(len(m.Pix))
	if c.cache.left.Add(-size) < 0 || !c.slots[i].CompareAndSwap(nil, m) {
		c.cache.left.Add(size)
	}
	return m, nil
}
