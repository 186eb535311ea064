package eval

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestNesterovIsPyTorchs(t *testing.T) {
	g := torchtest.Open(t, solvers)
	torchtest.Do(t, func() {
		p, grads := g.Tensor("nesterov/start"), g.Tensor("nesterov/grads")
		p.SetRequiresGrad(true)
		o := newNesterov([]torch.Tensor{p, torch.Ones([]int64{2}).SetRequiresGrad(true)}, 0.9, 0.01)
		o.lr = 0.1
		for i := range grads.Size(0) {
			p.SetGrad(grads.Select(0, i).Clone())
			o.step()
		}
		g.Near("nesterov/end", p.Detach(), 1e-6)
		if torch.Item[float64](o.params[1].Sum()) != 2 {
			t.Error("a parameter without gradient changed")
		}
	})
	g.Unused("nesterov/")
}

// Fine-tuning learns what a linear classifier cannot from the features of a fresh
// network, the same for the same seed and any number of workers.
func TestFineTune(t *testing.T) {
	torchtest.Do(t, func() {
		ds := images{48, -1, -1}
		tune := func(seed uint64, workers int) [][]int64 {
			torch.ManualSeed(1)
			net := network(true).Encoder()
			f := DefaultFineTune()
			f.Epochs, f.Batch, f.Seed, f.LR = 3, 16, seed, 0.02
			e := Extractor{Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Crop: views.CropPad, Batch: 16, Workers: workers}}
			before := trace(net)
			top, err := f.Predict(context.Background(), e, net, small.Features(), ds, nil, 3, ds)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(trace(net), before) {
				t.Error("the network did not learn")
			}
			return top
		}
		if !reflect.DeepEqual(tune(1, 1), tune(1, 3)) {
			t.Error("the number of workers changes the result")
		}
		ctx, cancel := context.WithCancel(context.Background())
		f := DefaultFineTune()
		f.Epochs = 5
		f.Progress = func(done, _ int) {
			if cancel(); done > 1 {
				t.Error("continued after its context ended")
			}
		}
		net := network(false).Encoder()
		e := Extractor{Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Crop: views.CropPad, Batch: 16, Workers: 1}}
		if _, err := f.Predict(ctx, e, net, small.Features(), ds, nil, 3, ds); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
	})
}

func TestFineTuneRate(t *testing.T) {
	f := DefaultFineTune()
	if f.rate() != 0.05 || f.Epochs != 60 || f.WeightDecay != 0 || f.Momentum != 0.9 {
		t.Errorf("defaults %+v, rate %v", f, f.rate())
	}
	if f.Batch = 4096; f.rate() != 0.8 { // appendix B.5
		t.Errorf("rate %v with batches of 4096, want 0.8", f.rate())
	}
}

func TestSDCLRSchedule(t *testing.T) {
	near := func(a, b float64) bool { return a/b < 1+1e-12 && a/b > 1-1e-12 }
	full, few := SDCLRFull(), SDCLRFewShot()
	large, largeFew := SDCLRImageNetFull(), SDCLRImageNetFewShot()
	for epoch, want := range map[int]float64{1: 30, 10: 30, 11: 3, 20: 3, 21: 0.3, 30: 0.3} {
		if got := large.rate(epoch); !near(got, want) {
			t.Errorf("ImageNet, epoch %d: rate %v, want %v", epoch, got, want)
		}
	}
	if large.Batch != 512 || large.Every != 2 || large.Top != 5 || largeFew.Epochs != 100 || largeFew.Every != 10 || !slices.Equal(largeFew.Drops, []int{41, 61}) {
		t.Errorf("ImageNet: %+v, few-shot %+v", large, largeFew)
	}
	chosen := DefaultSDCLR()
	if chosen.Recipe = SDCLRImageNet; !reflect.DeepEqual(chosen.probe(false), large) || !reflect.DeepEqual(chosen.probe(true), largeFew) {
		t.Errorf("recipe imagenet: %+v, few-shot %+v", chosen.probe(false), chosen.probe(true))
	}
	if chosen.Batch, chosen.Every = 64, 3; chosen.probe(true).Batch != 64 || chosen.probe(true).Every != 3 {
		t.Errorf("batch 64, validated every 3: %+v", chosen.probe(true))
	}
	for epoch, want := range map[int]float64{1: 30, 9: 30, 10: 3, 19: 3, 20: 0.3, 30: 0.3} {
		if got := full.rate(epoch); !near(got, want) {
			t.Errorf("full: epoch %d: %v, want %v", epoch, got, want)
		}
	}
	for epoch, want := range map[int]float64{39: 30, 40: 3, 60: 0.3, 100: 0.3} {
		if got := few.rate(epoch); !near(got, want) {
			t.Errorf("few shots: epoch %d: %v, want %v", epoch, got, want)
		}
	}
	if half := few.WithEpochs(50); half.Epochs != 50 || !slices.Equal(half.Drops, []int{20, 30}) || half.Every != 2 {
		t.Errorf("in 50 epochs: %+v", half)
	}
	if !slices.Equal(few.Drops, []int{40, 60}) {
		t.Error("WithEpochs changed the setting it was called on")
	}
}

// Validation counts the images whose class is among the first.
func TestSDCLRTop(t *testing.T) {
	torchtest.Do(t, func() {
		fc := nn.NewLinear(7, 7, true)
		torch.NoGrad(func() {
			fc.Weight.Copy_(torch.Eye(7))
			fc.Bias.Zero_()
			// In all rows class 0 is first, then 1, ...; the labels are 0, 3, 4, 5.
			s := &Set{X: torch.FromSlice([]float32{7, 6, 5, 4, 3, 2, 1}, 1, 7).IndexSelect(0, torch.FromSlice([]int64{0, 0, 0, 0})), Labels: torch.FromSlice([]int64{0, 3, 4, 5})}
			for top, want := range map[int]float64{1: 0.25, 3: 0.25, 4: 0.5, 5: 0.75} {
				if got := (SDCLRProbe{Top: top}).accuracy(fc, s); got != want {
					t.Errorf("top %d: %v, want %v", top, got, want)
				}
			}
		})
	})
}

// The best validated epoch is used, not the last: with validation on the test images the
// result is at least as good.
func TestSDCLRValidates(t *testing.T) {
	torchtest.Do(t, func() {
		ds := images{30, -1, -1}
		e := Extractor{Net: &mean{}, Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Crop: views.CropPad, Batch: 8, Workers: 2}}
		test, err := e.Features(context.Background(), ds)
		if err != nil {
			t.Fatal(err)
		}
		p := SDCLRFull().WithEpochs(9)
		p.Batch = 8
		right := func(v *Set) float64 {
			top, err := p.Predict(context.Background(), e, ds, nil, 3, v, test.X)
			if err != nil {
				t.Fatal(err)
			}
			return score.Of(top, test.Y, 3, score.Groups{}).Top1
		}
		if last, best := right(nil), right(&test); best < last {
			t.Errorf("%v %% with validation on the test images, %v %% without", best, last)
		}
	})
}

func batchesOf(t *testing.T, ds dataset.Dataset, rows []int, crop views.Crop, batch, least, workers int) *labelled {
	t.Helper()
	v, err := Images{Plain: views.Plain{Size: 8}, Crop: crop, Workers: workers}.labelled(ds, rows, batch, least, 3)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Batches are the same for any number of workers, each sample comes once per epoch,
// epochs differ, and the border of a padded crop is black.
func TestViews(t *testing.T) {
	for _, crop := range views.Crops() {
		read := func(workers, epoch int) (pixels []uint8, labels []int64) {
			v := batchesOf(t, images{10, -1, -1}, []int{9, 1, 4, 7, 2}, crop, 2, 1, workers)
			steps := 0
			if err := v.epoch(context.Background(), epoch, func(b *sampler.Batch, l []int64) error {
				steps++
				pixels, labels = append(pixels, b.Buffers[0].Data...), append(labels, l...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if steps != 3 || v.batches() != 3 {
				t.Errorf("%d steps, %d batches; want 3", steps, v.batches())
			}
			return pixels, labels
		}
		a, l := read(1, 0)
		b, _ := read(4, 0)
		c, _ := read(1, 1)
		if !bytes.Equal(a, b) || bytes.Equal(a, c) {
			t.Errorf("%s: workers change the views: %v; epochs do not: %v", crop, !bytes.Equal(a, b), bytes.Equal(a, c))
		}
		slices.Sort(l)
		if !slices.Equal(l, []int64{0, 1, 1, 1, 2}) { // of 9, 1, 4, 7, 2
			t.Errorf("%s: labels %v", crop, l)
		}
		if black := slices.Contains(a, 0); black != (crop == views.CropPad) {
			t.Errorf("%s: black pixels: %v", crop, black)
		}
	}
	v := batchesOf(t, images{9, -1, -1}, nil, views.CropPad, 4, 2, 1)
	steps := 0
	if err := v.epoch(context.Background(), 0, func(*sampler.Batch, []int64) error { steps++; return nil }); err != nil || steps != 2 || v.batches() != 2 {
		t.Errorf("a last batch of one: %d steps, %d batches, %v; want 2", steps, v.batches(), err)
	}
	stop := errors.New("stop")
	if err := v.epoch(context.Background(), 0, func(*sampler.Batch, []int64) error { return stop }); err != stop {
		t.Errorf("error %v, want that of the step", err)
	}
}
