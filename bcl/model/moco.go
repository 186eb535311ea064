package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Queue is a queue of negatives and the momentum of the network that makes them.
type Queue struct {
	Size     int     // keys; K in the paper
	Momentum float64 // share of the past in the key network; m in the paper
}

// PublishedQueue is that of MoCo and MoCo v2.
func PublishedQueue() Queue { return Queue{Size: 65536, Momentum: 0.999} }

// MoCo is momentum contrast (He, Fan, Wu, Xie, Girshick 2020, arXiv 1911.05722, section 3.2):
// the network of SimCLR, which is trained and evaluated, a second one that follows it slowly,
// and a queue of the second's projections. Both have this project's projector, which has
// batch normalisation; that of MoCo v2 (Chen et al. 2020, arXiv 2003.04297) has none.
type MoCo struct {
	*SimCLR
	momentum        float64
	key             *SimCLR        // always in training mode; never trained
	queries, keys   []torch.Tensor // parameters of both, in one order
	queue, position torch.Tensor   // Size x ProjectionSize, rows of length 1; Int64 scalar: the oldest
	state           []nn.Named     // of key, queue and position
}

// NewMoCo builds both networks around encoders of b, which must pass Check, the second with
// the first's values, and a queue of random directions.
func NewMoCo(b Builder, q Queue) *MoCo {
	m := &MoCo{SimCLR: NewSimCLR(b), momentum: q.Momentum, key: NewSimCLR(b)}
	m.queries, m.keys = nn.Parameters(m.SimCLR), nn.Parameters(m.key)
	torch.NoGrad(func() {
		for i, k := range m.keys {
			k.SetRequiresGrad(false).Copy_(m.queries[i])
		}
	})
	m.queue = torch.Randn([]int64{int64(q.Size), ProjectionSize}).Normalize(1, 1e-12)
	m.position = torch.Scalar[int64](0)
	for _, n := range nn.StateDict(m.key) {
		m.state = append(m.state, nn.Named{Name: "encoder_k." + n.Name, Tensor: n.Tensor})
	}
	m.state = append(m.state, nn.Named{Name: "queue", Tensor: m.queue}, nn.Named{Name: "queue_ptr", Tensor: m.position})
	for _, n := range m.state { // so that they move with m; a file's state_dict is SimCLR's
		nn.Transient(m, n.Name, n.Tensor)
	}
	return m
}

// Follow moves the parameters of the key network towards those of the trained one: k = m k +
// (1 - m) q (equation 2).
func (m *MoCo) Follow() {
	torch.NoGrad(func() {
		torch.Run("_foreach_mul_.Scalar", m.keys, m.momentum)
		torch.Run("_foreach_add_.List", m.keys, m.queries, 1-m.momentum)
	})
}

// ForwardKey is Forward of the key network, for a function that is run without gradients.
func (m *MoCo) ForwardKey(inputs ...torch.Tensor) torch.Tensor { return m.key.Forward(inputs...) }

// Others are the networks beside the trained one that see training batches: the key network.
func (m *MoCo) Others() []nn.Module { return []nn.Module{m.key} }

// Queue returns a copy of the queue (Size x ProjectionSize).
func (m *MoCo) Queue() torch.Tensor { return m.queue.Clone() }

// Enqueue replaces the oldest keys of the queue by those of a batch (B x ProjectionSize, B at
// most Size), each of length 1. The host does not look at the position, so that a captured
// step moves it.
func (m *MoCo) Enqueue(keys torch.Tensor) {
	torch.NoGrad(func() {
		b, size := keys.Size(0), m.queue.Size(0)
		at := torch.Arange(0, b, torch.On(torch.Int64, m.queue.Device())).Add(m.position)
		m.queue.IndexCopy_(0, torch.Call("remainder.Scalar", at, size)[0], keys)
		torch.Run("add_.Scalar", m.position, b)
		torch.Run("remainder_.Scalar", m.position, size)
	})
}

// State returns the key network, the queue and its position, whose values a step changes
// besides those of the StateDict.
func (m *MoCo) State() []nn.Named { return m.state }
