package train

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/dtype"
)

// Config configures the training of a network.
type Config struct {
	Method      method.Method
	Epochs      int
	Batch       int     // samples per step; each has two views
	LR          float64 // highest learning rate
	WeightDecay float64 // of every parameter
	Momentum    float64 // of SGD
	Warmup      int     // epochs of linear warm-up
	Temperature float64 // of the loss
	Memory      memory.Config
	ClassSizes  []int // of each sample, how many its class has, for controls by labels; else nil
	Seed        uint64
	Workers     int           // goroutines that prepare views
	Alloc       sampler.Alloc // memory of the views of a batch; nil: Go's
	Precision   dtype.DType   // Float32, or BFloat16 for autocast
	BN          string        // of the two views of one network: Joint or PerView; "": Joint
	Chunk       int           // samples that pass through the network at a time, in two passes; 0: all
	ChunkBN     string        // whose statistics they are normalised by: OfChunk or OfBatch; "": OfChunk

	// CUDAGraph lets a GPU run whole steps as CUDA graphs, behind the host's back, where method
	// and settings allow it. The weights are the same with and without.
	CUDAGraph bool

	// Group are processes that share each batch, on equal terms; nil: this one is alone.
	Group *distributed.ProcessGroup

	Prune model.Pruning // of the second branch, in the methods that have one
	Queue model.Queue   // of negatives, in the methods that have one

	// Options that no published run of these methods uses.
	Schedule *loss.CosineTemperature // in place of Temperature, if not nil
	Reweight loss.Reweighting        // of losses by the distance of their views
	Loss     loss.Config             // the contrastive loss; the zero Config is NT-Xent

	RwSAM    RwSAM    // sharpness-aware steps
	Resample Resample // of the samples of an epoch

	// Auxiliary are losses in addition to that of the method, such as Geometric
	// Harmonization (a [harmony.Config]).
	Auxiliary []loss.AuxiliaryConfig
}

// What shares the statistics of batch normalisation, in methods with one network.
const (
	Joint   = "joint"    // both views of a batch, as in the published recipes
	PerView = "per-view" // each view of a batch, whose running statistics follow one another
)

// FinalLR is the learning rate at the end of the cosine.
const FinalLR = 1e-6

// Default is the published recipe of a method for CIFAR-100-LT.
func Default(m method.Method) Config {
	return Config{
		Method:      m,
		Epochs:      2000,
		Batch:       512,
		LR:          0.5,
		WeightDecay: m.Traits().WeightDecay,
		Momentum:    0.9,
		Warmup:      10,
		Temperature: 0.2,
		Memory:      memory.Published(),
		Seed:        10,
		Workers:     2,
		Precision:   dtype.Float32,
		BN:          Joint,
		ChunkBN:     OfChunk,
		CUDAGraph:   true,
		Prune:       model.Pruning{Share: 0.9},
		Queue:       model.PublishedQueue(),
		Loss:        loss.Published(),
		RwSAM:       PublishedRwSAM(),
		Resample:    Resample{Ratio: 10},
	}
}

// Check returns an error for the first setting that cannot be used, a
// [*field.Error] for most.
func (c Config) Check() error {
	if m, err := method.Parse(string(c.Method)); err != nil || m != c.Method {
		return cmp.Or(err, field.Expect(false, "Method", c.Method, string(m)))
	}
	if err := field.In("Prune", c.Prune.Check()); err != nil {
		return err
	}
	if queue := c.Method.Traits().Objective == method.KeyQueue; queue {
		err := cmp.Or(
			field.Expect(c.Queue.Size >= c.Batch, "Queue.Size", c.Queue.Size, fmt.Sprintf("at least the %d samples of a step", c.Batch)),
			field.Expect(c.Queue.Momentum >= 0 && c.Queue.Momentum < 1, "Queue.Momentum", c.Queue.Momentum, "in [0, 1)"),
			field.Expect(c.Loss.Plain(), "Loss.Name", strconv.Quote(c.Loss.Name), "nt-xent with "+string(c.Method)+", whose negatives are a queue"),
			field.Expect(!c.RwSAM.On, "RwSAM.On", true, "false with "+string(c.Method)+", whose queue would take each batch twice"),
		)
		if err != nil {
			return err
		}
	}
	if err := field.In("RwSAM", c.RwSAM.Check()); err != nil {
		return err
	}
	if err := field.In("Loss", c.Loss.Check()); err != nil {
		return err
	}
	if err := field.In("Resample", c.Resample.Check()); err != nil {
		return err
	}
	form, badForm := loss.ParseReweighting(string(c.Reweight))
	err := cmp.Or(
		field.Expect(c.Epochs >= 1, "Epochs", c.Epochs, "at least 1"),
		field.Expect(c.Batch >= 2, "Batch", c.Batch, "at least 2: a sample needs others to contrast with"),
		field.Expect(c.LR > 0 && c.LR <= math.MaxFloat32, "LR", c.LR, "a positive number that float32 holds"),
		field.Within("WeightDecay", c.WeightDecay, 0, 100),
		field.Expect(c.Momentum >= 0 && c.Momentum < 1, "Momentum", c.Momentum, "in [0, 1)"),
		field.Expect(c.Warmup >= 0, "Warmup", c.Warmup, "0 or more"),
		field.Within("Temperature", c.Temperature, loss.LowestTemperature, loss.HighestTemperature),
		field.Expect(badForm == nil && form == c.Reweight, "Reweight", strconv.Quote(string(c.Reweight)), "far or lotar"),
		field.Expect(c.BN == "" || c.BN == Joint || c.BN == PerView, "BN", strconv.Quote(c.BN), Joint+" or "+PerView),
		field.Expect(c.Chunk == 0 || c.Chunk >= 3, "Chunk", c.Chunk, "0, or at least 3: of fewer samples some have no variance"),
		field.Expect(c.ChunkBN == "" || c.ChunkBN == OfChunk || c.ChunkBN == OfBatch, "ChunkBN", strconv.Quote(c.ChunkBN), OfChunk+" or "+OfBatch),
		field.Expect(c.Workers >= 1, "Workers", c.Workers, "at least 1"),
		field.Expect(c.Precision == dtype.Float32 || c.Precision == dtype.BFloat16, "Precision", c.Precision, "float32 or bfloat16"),
	)
	if c.Group != nil {
		err = cmp.Or(err, c.CheckChunks(c.Group.Size()))
	}
	err = cmp.Or(err, field.In("Memory", cmp.Or(c.Memory.Check(), c.checkControl())))
	names := []string{"", "memory", "position", "masks", "momentum", signalsName, mocoName, sharpName, resampleName} // of other state, and of another loss
	for _, a := range c.Auxiliary {
		err = cmp.Or(err, field.Expect(!slices.Contains(names, a.Name()), "Auxiliary", strconv.Quote(a.Name()), "a name that nothing else has"))
		names = append(names, a.Name())
		err = cmp.Or(err, field.In(a.Name(), a.Check(model.ProjectionSize, c.Epochs, c.Warmup)))
	}
	return err
}

// CheckChunks returns an error if some of as many processes would have no chunk of a batch.
func (c Config) CheckChunks(processes int) error {
	few := c.Chunk > 0 && c.ChunkBN != OfBatch && (c.Batch+c.Chunk-1)/c.Chunk < processes
	return field.Expect(!few, "Chunk", c.Chunk, fmt.Sprintf("at most %d, so that each of %d processes has a chunk of a batch of %d", c.Batch/max(1, processes), processes, c.Batch))
}

// checkControl returns an error for a control of a method that is a control itself.
func (c Config) checkControl() error {
	r := c.Method.Traits().Rule
	own := r != memory.Zero && r != memory.Boosted
	return field.Expect(!own || c.Memory.Control == memory.None, "Control", c.Memory.Control, fmt.Sprintf("%s: %s is a control itself", memory.None, c.Method))
}
