package harmony

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
)

// Harmony is Geometric Harmonization of one run. Its tensors belong to the scope
// that New ran in.
type Harmony struct {
	config     Config
	first      int // epoch with the loss
	directions torch.Tensor
	population *Population
	lossSum    float64 // of the samples of this epoch so far
	batch      batch   // in progress
}

// New returns the Harmony of a run of epochs over n samples, with projections of dim
// numbers. It must run inside [torch.Do].
func New(c Config, n, dim, epochs int, seed uint64, d torch.Device) *Harmony {
	directions := torch.FromSlice(Simplex(c.Classes, dim, seed), int64(c.Classes), int64(dim))
	return &Harmony{
		config:     c,
		first:      c.First(epochs),
		directions: directions.To(torch.Float32).ToDevice(d),
		population: NewPopulation(n, c.Classes),
	}
}

// batch is a batch between its Loss and its Observe.
type batch struct {
	logits []float32
	loss   float64 // L; 0 before the first epoch that has it
}

// Loss returns w L of the projections (B x dim) of two views in an epoch; the zero Tensor
// before the first epoch that has it.
func (h *Harmony) Loss(epoch int, z1, z2 torch.Tensor) (weighted torch.Tensor, err error) {
	t1 := Logits(z1, h.directions)
	h.batch = batch{logits: torch.Slice[float32](t1)} // the history is only that of first views
	weight := h.config.weight(epoch, h.first)
	if weight == 0 {
		return weighted, nil
	}
	shares := h.population.Shares()
	if shares == nil {
		return weighted, fmt.Errorf("harmony: epoch %d has a loss, but no epoch before estimated the shares of classes", epoch)
	}
	onDevice := torch.FromSlice(shares).To(torch.Float32).ToDevice(h.directions.Device())
	l := Loss(t1, Logits(z2, h.directions), onDevice, h.config.Iterations)
	h.batch.loss = torch.Item[float64](l)
	return l.MulScalar(weight), nil
}

// Observe records the batch of the last Loss, after its step. In epochs that estimate
// shares each batch does, so the next sees them, as in the authors' code for
// CIFAR-100-LT; their code for ImageNet-LT waits for the end of the epoch.
func (h *Harmony) Observe(epoch int, samples []int) {
	h.population.Observe(samples, h.batch.logits, h.config.keep(epoch, h.first))
	h.lossSum += h.batch.loss * float64(len(samples))
	if estimates(epoch, h.first) {
		h.population.Estimate(h.config.Floor)
	}
}

// EndEpoch returns the mean of L over the samples of the epoch, 0 before the first
// epoch that has it.
func (h *Harmony) EndEpoch() float64 {
	mean := h.lossSum / float64(h.population.Len())
	h.lossSum = 0
	return mean
}
