package shard

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/bcl-go/bcl/bcl/quote"
)

// maxOpen is how many shards are open at a time: far below the usual limit of a process, 1,024.
const maxOpen = 128

// pool has the open files of an index.
type pool struct {
	x    *Index
	mu   sync.Mutex
	open map[int]*handle
	tick uint64
}

// handle is an open file, with what its kind needs of it.
type handle struct {
	mu    sync.Mutex // held while it is opened
	f     *os.File
	of    any
	users int
	last  uint64
}

func newPool(x *Index) *pool { return &pool{x: x, open: map[int]*handle{}} }

// use calls f with a shard, which is open until f returns.
func (p *pool) use(file int, f func(h *handle) error) error {
	h := p.take(file)
	defer p.give(h)
	h.mu.Lock()
	err := p.prepare(file, h)
	h.mu.Unlock()
	if err != nil {
		return err
	}
	return f(h)
}

func (p *pool) take(file int) *handle {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.open[file]
	if h == nil {
		if len(p.open) >= maxOpen {
			p.evict()
		}
		h = &handle{}
		p.open[file] = h
	}
	p.tick++
	h.last = p.tick
	h.users++
	return h
}

func (p *pool) give(h *handle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h.users--
}

// evict closes the file that was not used for the longest time; all may be in use.
func (p *pool) evict() {
	oldest := -1
	for file, h := range p.open {
		if h.users == 0 && (oldest < 0 || h.last < p.open[oldest].last) {
			oldest = file
		}
	}
	if oldest >= 0 {
		if f := p.open[oldest].f; f != nil {
			f.Close()
		}
		delete(p.open, oldest)
	}
}

// prepare opens the file of h if it is not. A file that is not the one that was indexed, or has
// been written to since, is an error: what is at an offset would be something else.
func (p *pool) prepare(file int, h *handle) error {
	of := p.x.dir.Files[file]
	if h.f != nil {
		return unchanged(h.f, of)
	}
	f, err := os.Open(of.Path)
	if err != nil {
		return quote.Error(err)
	}
	err = unchanged(f, of)
	if err == nil && p.x.kind.open != nil {
		h.of, err = p.x.kind.open(f, of.Size)
		if err != nil {
			err = fmt.Errorf("%s: %w", quote.Name(of.Path), err)
		}
	}
	if err != nil {
		f.Close()
		return err
	}
	h.f = f
	return nil
}

// unchanged compares the size and time of an open file with those of the index.
func unchanged(f *os.File, of indexed) error {
	info, err := f.Stat()
	if err == nil && (info.Size() != of.Size || info.ModTime().UnixNano() != of.Modified) {
		err = fmt.Errorf("%s has changed since it was indexed: start again", quote.Name(of.Path))
	}
	return err
}

// readTar reads the bytes of a sample at its place.
func readTar(x *Index, file, k int) (data []byte, err error) {
	c := &x.columns[file]
	data = make([]byte, c.size(k))
	err = x.files.use(file, func(h *handle) error {
		n, err := h.f.ReadAt(data, c.offset(k))
		if n == len(data) {
			return nil
		}
		if err == io.EOF {
			return fmt.Errorf("%s: byte %d: truncated: the file has changed since it was indexed", quote.Name(x.Path(file)), c.offset(k)+int64(n))
		}
		return quote.Error(err)
	})
	return data, err
}
