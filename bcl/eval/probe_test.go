package eval

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// blobs returns features of classes far apart, shuffled.
func blobs(n, classes int64) Set {
	y := torch.Randint(0, classes, []int64{n})
	x := torch.Eye(classes).MulScalar(3).IndexSelect(0, y).Add(torch.Randn([]int64{n, classes}).MulScalar(0.3))
	return Set{X: x, Y: torch.Slice[int64](y), Labels: y}
}

func short() Probe {
	p := Published()
	p.Epochs, p.Batch, p.LR = 30, 32, 0.1
	return p
}

func TestPublished(t *testing.T) {
	p := Published()
	if p.Epochs != 500 || p.Batch != 1000 || p.LR != 1e-2 || p.LastLR != 1e-6 || p.WeightDecay != 5e-6 {
		t.Errorf("the published protocol is %+v", p)
	}
}

func TestProbeOnSeparableData(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(2)
		train, test := blobs(200, 6), blobs(100, 6)
		p := short()
		calls := 0
		p.Progress = func(done, total int) {
			if calls++; done != calls || total != p.Epochs {
				t.Errorf("progress %d of %d at call %d", done, total, calls)
			}
		}
		state := torch.RNGState(torch.CPU).Bytes()
		top, err := p.Predict(context.Background(), train, 6, test.X)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(torch.RNGState(torch.CPU).Bytes(), state) {
			t.Error("the probe changed libtorch's generator")
		}
		if calls != p.Epochs {
			t.Errorf("%d calls of Progress", calls)
		}
		if a := score.Of(top, test.Y, 6, score.Groups{}); a.Top1 != 100 || len(top[0]) != 5 {
			t.Errorf("%v %% right, %d classes per row; want 100 and 5", a.Top1, len(top[0]))
		}
	})
}

// On uninformative features the seed decides: the same seed gives the same result.
func TestProbeSeed(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(3)
		train := blobs(50, 4)
		train.X = torch.Randn([]int64{50, 4})
		x := torch.Randn([]int64{200, 4})
		predict := func(seed uint64) [][]int64 {
			p := short()
			p.Epochs, p.Seed = 2, seed
			top, err := p.Predict(context.Background(), train, 4, x)
			if err != nil {
				t.Fatal(err)
			}
			return top
		}
		first := predict(1)
		torch.Randn([]int64{7}) // the generator's state does not matter
		if !reflect.DeepEqual(predict(1), first) {
			t.Error("the same seed gives another result")
		}
		if reflect.DeepEqual(predict(2), first) {
			t.Error("another seed gives the same result")
		}
	})
}

// The weights after 100 steps are PyTorch's.
func TestProbeIsPyTorchs(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	torchtest.Do(t, func() {
		y := g.Tensor("y")
		train := Set{X: g.Tensor("x"), Y: torch.Slice[int64](y), Labels: y}
		p := Published()
		p.Epochs, p.Batch = 10, 10
		weight, bias, err := p.fit(context.Background(), train, []Fit{{Seed: p.Seed}}, 5)
		if err != nil {
			t.Fatal(err)
		}
		weight, bias = weight.Select(0, 0), bias.Select(0, 0)
		for _, kind := range []string{"fused", "default"} {
			g.Near(kind+"/weight", weight, 5e-6)
			g.Near(kind+"/bias", bias, 5e-6)
			t.Logf("%s: weights differ from PyTorch's by at most %.2g", kind, torchtest.Difference(weight, g.Tensor(kind+"/weight")))
		}
	})
	g.Unused("")
}

func TestProbeStops(t *testing.T) {
	torchtest.Do(t, func() {
		train := blobs(20, 3)
		ctx, cancel := context.WithCancel(context.Background())
		p := short()
		p.Progress = func(done, _ int) {
			if done == 3 {
				cancel()
			} else if done > 3 {
				t.Error("continued after its context ended")
			}
		}
		if _, err := p.Predict(ctx, train, 3, train.X); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
		for _, change := range []func(*Probe){
			func(p *Probe) { p.Epochs = 0 }, func(p *Probe) { p.Batch = 0 }, func(p *Probe) { p.LR = 0 }, func(p *Probe) { p.LastLR = -1 },
		} {
			bad := short()
			change(&bad)
			if _, err := bad.Predict(context.Background(), train, 3, train.X); err == nil {
				t.Errorf("%+v is no error", bad)
			}
		}
		// A label without an output of the classifier is an error, and the generator is
		// restored.
		state := torch.RNGState(torch.CPU).Bytes()
		if _, err := short().Predict(context.Background(), train, 2, train.X); err == nil {
			t.Error("a class out of range is no error")
		}
		if !bytes.Equal(torch.RNGState(torch.CPU).Bytes(), state) {
			t.Error("a failing probe changed libtorch's generator")
		}
	})
}
