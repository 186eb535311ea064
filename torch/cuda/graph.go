package cuda

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// Pool is memory that graphs share which are never replayed at the same time.
type Pool struct{ id cgo.Pool }

// NewPool returns a pool (torch.cuda.graph_pool_handle).
func NewPool(d torch.Device) (p Pool, err error) {
	if d.IsCUDA() {
		p.id, err = cgo.NewPool()
	}
	return p, err
}

// Graph is work that is launched at once (torch.cuda.CUDAGraph).
type Graph struct {
	pool   Pool
	id     cgo.Graph
	repeat func() error // on the CPU
}

// NewGraph returns an empty graph of the current scope.
func NewGraph(d torch.Device, p Pool) (*Graph, error) {
	g := &Graph{pool: p}
	var err error
	if d.IsCUDA() {
		g.id, err = cgo.NewGraph()
	}
	return g, err
}

// Capture records the work of f on the current stream, which must not be the default one
// (torch.cuda.graph). Nothing is computed. f may neither wait for the device nor look at
// values; the memory it reads and writes is that of every replay, so tensors of outside must
// outlive g. f must have run before, on this stream; it is called once.
//
// Other threads may use the device meanwhile. After an error the stream works as before.
func (g *Graph) Capture(f func() error) (err error) {
	if g.id == 0 {
		g.repeat = f
		return nil
	}
	if err := g.id.Begin(g.pool.id); err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	defer func() {
		// After an error of f the end only repeats that the capture is void.
		if ended := g.id.End(); err == nil && ended != nil {
			err = fmt.Errorf("capture: %w", ended)
		}
	}()
	return f()
}

// Replay launches the work on the current stream.
func (g *Graph) Replay() error {
	if g.id != 0 {
		return g.id.Replay()
	}
	if g.repeat == nil {
		return errors.New("replay of a graph that has captured nothing")
	}
	return g.repeat()
}
