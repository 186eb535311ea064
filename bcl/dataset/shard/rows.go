package shard

import "sync"

// minRows is the least memory for row groups: a pass in order reads each once.
const minRows = 64 << 20

// rows are the images of a row group, as bytes.
type rows struct {
	data []byte
	ends []int // of each row; negative, less one: null
}

func (r *rows) add(b []byte) {
	r.data = append(r.data, b...)
	end := len(r.data)
	if b == nil {
		end = -end - 1
	}
	r.ends = append(r.ends, end)
}

func (r *rows) row(k int) []byte {
	end := r.ends[k]
	if end < 0 {
		return nil
	}
	from := 0
	if k > 0 {
		if from = r.ends[k-1]; from < 0 {
			from = -from - 1
		}
	}
	return r.data[from:end:end]
}

// rowCache keeps row groups that were read, up to a number of bytes: what was not used for the
// longest time goes first. Two callers that want the same group read it once.
type rowCache struct {
	mu    sync.Mutex
	limit int
	bytes int
	tick  uint64
	kept  map[[2]int]*kept
}

type kept struct {
	ready chan struct{} // closed when rows and err are set
	rows  *rows
	err   error
	last  uint64
}

func newRowCache() *rowCache {
	return &rowCache{limit: minRows, kept: map[[2]int]*kept{}}
}

func (c *rowCache) get(at [2]int, read func() (*rows, error)) (*rows, error) {
	c.mu.Lock()
	c.tick++
	k := c.kept[at]
	if k != nil {
		k.last = c.tick
		c.mu.Unlock()
		<-k.ready
		return k.rows, k.err
	}
	k = &kept{ready: make(chan struct{}), last: c.tick}
	c.kept[at] = k
	c.mu.Unlock()
	k.rows, k.err = read()
	close(k.ready)
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.err != nil {
		delete(c.kept, at) // may be read again
		return nil, k.err
	}
	c.bytes += k.rows.size()
	for c.bytes > c.limit && c.drop(at) {
	}
	return k.rows, nil
}

// drop forgets the group that was used least recently, other than one.
func (c *rowCache) drop(but [2]int) bool {
	var oldest *kept
	var at [2]int
	for key, k := range c.kept {
		select {
		case <-k.ready:
		default:
			continue
		}
		if key != but && k.err == nil && (oldest == nil || k.last < oldest.last) {
			oldest, at = k, key
		}
	}
	if oldest == nil {
		return false
	}
	c.bytes -= oldest.rows.size()
	delete(c.kept, at)
	return true
}

func (r *rows) size() int { return cap(r.data) + 8*cap(r.ends) }
