package train

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch/dtype"
)

// Config says how a network is trained.
type Config struct {
	Method      Method
	Epochs      int
	Batch       int     // samples of a step; each has two views
	LR          float64 // highest learning rate
	WeightDecay float64 // on every parameter
	Momentum    float64 // of SGD
	Warmup      int     // epochs of linear warm-up
	Temperature float64 // of the loss
	Beta        float64 // share of the past in the momentum loss
	Seed        uint64
	Workers     int         // goroutines that prepare views
	Precision   dtype.DType // Float32, or BFloat16 for autocast

	Prune model.Pruning // of the second branch, in the methods that have one

	// Options that no published run of these methods uses.
	Schedule *loss.CosineTemperature // in place of Temperature, if not nil
	Reweight bool                    // weigh losses by the distance of their views

	// Auxiliary are losses beside that of the method, such as Geometric Harmonization
	// (a [harmony.Config]).
	Auxiliary []loss.AuxiliaryConfig
}

// FinalLR is where the cosine ends.
const FinalLR = 1e-6

// Default is the published recipe of a method for CIFAR-100-LT.
func Default(m Method) Config {
	return Config{
		Method:      m,
		Epochs:      2000,
		Batch:       512,
		LR:          0.5,
		WeightDecay: methods[m].weightDecay,
		Momentum:    0.9,
		Warmup:      10,
		Temperature: 0.2,
		Beta:        0.97,
		Seed:        10,
		Workers:     2,
		Precision:   dtype.Float32,
		Prune:       model.Pruning{Share: 0.9},
	}
}

// Check returns an error that names the first setting that cannot be used.
func (c Config) Check() error {
	if _, err := ParseMethod(string(c.Method)); err != nil {
		return err
	}
	if err := c.Prune.Check(); err != nil {
		return err
	}
	for _, s := range []struct {
		ok     bool
		name   string
		value  any
		expect string
	}{
		{c.Epochs >= 1, "epochs", c.Epochs, "at least 1"},
		{c.Batch >= 2, "batch-size", c.Batch, "at least 2: a sample needs others to contrast with"},
		{c.LR > 0, "lr", c.LR, "a positive number"},
		{c.WeightDecay >= 0, "weight-decay", c.WeightDecay, "0 or more"},
		{c.Momentum >= 0 && c.Momentum < 1, "momentum", c.Momentum, "in [0, 1)"},
		{c.Warmup >= 0, "warmup", c.Warmup, "0 or more"},
		{c.Temperature > 0, "temperature", c.Temperature, "a positive number"},
		{c.Beta >= 0 && c.Beta < 1, "momentum-loss-beta", c.Beta, "in [0, 1)"},
		{c.Workers >= 1, "num-workers", c.Workers, "at least 1"},
		{c.Precision == dtype.Float32 || c.Precision == dtype.BFloat16, "precision", c.Precision, "float32 or bfloat16"},
	} {
		if !s.ok {
			return fmt.Errorf("%s is %v, expected %s", s.name, s.value, s.expect)
		}
	}
	for _, a := range c.Auxiliary {
		if err := a.Check(model.ProjectionSize, c.Epochs, c.Warmup); err != nil {
			return err
		}
	}
	return nil
}
