package train

import (
	"context"
	"testing"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

// oneStep is a step outside of an epoch.
func oneStep(tr *Trainer, b *sampler.Batch) ([]float32, error) {
	defer tr.Hold()()
	values, err := tr.step(context.Background(), b)
	return values[:min(len(values), len(b.Samples))], err
}
