package train

import (
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/cuda"
)

// The whole step as a CUDA graph: one launch in place of hundreds. step.go is the same step
// operator by operator, which waits for the losses; it makes the first steps of each size of
// batch, and all where a graph cannot.

// warmUp is how many steps of a size come before its capture: libraries choose their
// algorithms and take their memory in the first ones.
const warmUp = 3

// sizes is how many sizes of batch a sampler makes at most: the usual one, and two last ones.
const sizes = 3

// graphs are the captured steps of a trainer. What they read and write stays in place.
type graphs struct {
	views  []torch.Tensor // of the batch, for the largest
	values torch.Tensor   // signals of its samples, one after another
	stop   torch.Tensor   // 1 from the first step on that has a loss which is not finite
	of     map[int]*sized // by samples of the batch
	unused []*cuda.Graph  // made in the trainer's scope
	why    string         // steps are not captured; "": they are
}

type sized struct {
	steps int         // taken before the capture
	graph *cuda.Graph // nil before
}

// newGraphs returns graphs for batches whose largest has these buffers and values. They
// belong to the current scope.
func newGraphs(d torch.Device, largest []sampler.Buffer, values int) (*graphs, error) {
	g := &graphs{
		views:  onDevice(d, largest),
		values: torch.Zeros([]int64{int64(values)}, torch.On(torch.Float32, d)),
		stop:   torch.Zeros([]int64{}, torch.On(torch.Float32, d)),
		of:     map[int]*sized{},
	}
	pool, err := cuda.NewPool(d)
	for range sizes {
		var graph *cuda.Graph
		if err == nil {
			graph, err = cuda.NewGraph(d, pool)
		}
		g.unused = append(g.unused, graph)
	}
	return g, err
}

// whyEager is why steps of t cannot be captured; "" if they can.
func (t *Trainer) whyEager() string {
	if t.config.Group != nil {
		return "processes share each of them"
	}
	if t.config.Chunk > 0 {
		return "batches pass in chunks"
	}
	if len(t.config.Auxiliary) > 0 {
		return t.config.Auxiliary[0].Title() + " looks at the samples of each step"
	}
	if t.config.RwSAM.On {
		return "rwSAM weights the samples of each step"
	}
	o, ok := t.objective.(Capturable)
	if !ok {
		return "the method's objective does not say that its steps can be captured"
	}
	return o.Capturable()
}

// graphOf returns the graph for a batch, nil if its step is to be taken operator by operator.
// No step may be under way unless there is one.
func (t *Trainer) graphOf(b *sampler.Batch) *cuda.Graph {
	g, n := t.ahead.graphs, len(b.Samples)
	if g.why != "" {
		return nil
	}
	s := g.of[n]
	if s == nil {
		s = &sized{}
		g.of[n] = s
	}
	switch {
	case s.graph != nil:
		return s.graph
	case s.steps < warmUp:
		s.steps++
		return nil
	}
	graph := g.unused[0]
	if err := t.capture(graph, b); err != nil {
		g.why = err.Error()
		t.note(g.why)
		return nil
	}
	g.unused, s.graph = g.unused[1:], graph
	return graph
}

// capture captures the step of batches like b. Nothing of t changes, nor may anything be held
// meanwhile: waiting for the device would spoil it.
func (t *Trainer) capture(graph *cuda.Graph, b *sampler.Batch) error {
	t.Opt.ZeroGrad()
	if err := t.device.EmptyCache(); err != nil { // what steps used the graph's own memory replaces
		return err
	}
	samples, rows := int64(len(b.Samples)), rowsOf(b)
	return graph.Capture(func() error {
		return torch.Do(func() error { return t.captured(b, samples, rows) })
	})
}

// captured is the step of a batch like b with some samples, as it is captured. Gradients are
// made within, so that each graph writes its own.
func (t *Trainer) captured(b *sampler.Batch, samples int64, rows []int) error {
	g := t.ahead.graphs
	t.statistics.shift()
	l := t.objective.Losses(Views{batch: b, onDevice: start(g.views, rows), run: t.forward}, t.Epoch)
	values, err := t.measured(l, int(samples))
	if err != nil {
		return err
	}
	g.values.Narrow(0, 0, values.Numel()).Copy_(values)
	finite := torch.Call("all", torch.Call("isfinite", g.values.Narrow(0, 0, samples))[0])[0]
	bad := torch.Call("logical_not", finite)[0].To(torch.Float32)
	g.stop.Copy_(torch.Call("maximum", g.stop, bad)[0])
	t.Opt.ZeroGrad()
	l.Mean().Backward()
	t.Opt.StepUnless(g.stop)
	t.Opt.ZeroGrad()
	return nil
}

// note tells why steps are not captured.
func (t *Trainer) note(why string) {
	if t.Note != nil {
		t.Note("steps do not run as CUDA graphs, which would be faster: " + why)
	}
}
