package dataset

import (
	"sync"
	"sync/atomic"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// DefaultCacheBytes is five times 60,000 images of 32 x 32.
const DefaultCacheBytes = 1 << 30

// Cache is memory for decoded images of files. All parts of a data set share it, and all
// data sets that are opened with it: a file in several of them is decoded and kept once. It
// keeps images until it is full, and never evicts: epochs visit every sample once in random
// order, so evicting the oldest image would drop one that the next epoch needs as much.
type Cache struct {
	size int64 // bytes
	mu   sync.Mutex
	left int64
	kept map[string]*rgb.Image // by path
}

// NewCache returns a cache for so many bytes of pixels; 0 keeps nothing.
func NewCache(bytes int64) *Cache {
	return &Cache{size: max(bytes, 0), left: max(bytes, 0), kept: map[string]*rgb.Image{}}
}

// find returns the image of a file, or nil.
func (c *Cache) find(path string) *rgb.Image {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[path]
}

// keep returns the image that is kept for a file: m, or the one of another caller who was
// faster; nil if there is no room.
func (c *Cache) keep(path string, m *rgb.Image) *rgb.Image {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept := c.kept[path]; kept != nil {
		return kept
	}
	if size := int64(len(m.Pix)); size <= c.left {
		c.left -= size
		c.kept[path] = m
	}
	return c.kept[path]
}

// images are those of one data set that its cache keeps, by sample; slots is nil if it keeps
// none.
type images struct {
	slots []atomic.Pointer[rgb.Image]
	cache *Cache
}

func newImages(n int, opt Options) *images {
	c := opt.Cache
	if c == nil {
		c = NewCache(DefaultCacheBytes)
	}
	m := &images{cache: c}
	if c.size > 0 {
		m.slots = make([]atomic.Pointer[rgb.Image], n)
	}
	return m
}

// find returns image i if it is kept, or nil.
func (c *images) find(i int) *rgb.Image {
	if c.slots == nil {
		return nil
	}
	return c.slots[i].Load()
}

// get returns image i, from memory or from load; path is its file. Two callers that miss at
// the same time both load; one result is kept.
func (c *images) get(i int, path string, load func() (*rgb.Image, error)) (*rgb.Image, error) {
	if c.slots == nil {
		return load()
	}
	m := c.cache.find(path)
	if m == nil {
		loaded, err := load()
		if err != nil {
			return nil, err
		}
		if m = c.cache.keep(path, loaded); m == nil {
			return loaded, nil
		}
	}
	c.slots[i].Store(m)
	return m, nil
}
