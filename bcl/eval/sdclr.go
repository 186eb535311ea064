package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// SDCLRProbe is the linear classifier of SDCLR's released code (VITA-Group/SDCLR,
// train_cifar.py with --fixto layer4 --fixbn, and train_imagenet.py): SGD with momentum on
// augmented images through the frozen network, and the epoch with the best validation
// accuracy. [SDCLRFull] and [SDCLRFewShot] are its settings for CIFAR,
// [SDCLRImageNetFull] and [SDCLRImageNetFewShot] for ImageNet.
type SDCLRProbe struct {
	Epochs   int
	Batch    int
	LR       float64
	Drops    []int // epochs, from 1, at whose start the learning rate is divided by 10
	Momentum float64
	Every    int    // epochs between validations
	Top      int    // classes among which a validation image's must be predicted, 1 to 5
	Seed     uint64 // of the classifier, the order and the views
	// Progress, if set, is called after every epoch.
	Progress func(done, total int)
}

// SDCLRFull is for all labels: 30 epochs, with drops at 10 and 20.
func SDCLRFull() SDCLRProbe {
	return SDCLRProbe{Epochs: 30, Batch: 128, LR: 30, Drops: []int{10, 20}, Momentum: 0.9, Every: 1, Top: 1, Seed: 1}
}

// SDCLRFewShot is for few labels (theirs are 1 %): 100 epochs, with drops at 40 and
// 60, validated every 5.
func SDCLRFewShot() SDCLRProbe {
	p := SDCLRFull()
	p.Epochs, p.Drops, p.Every = 100, []int{40, 60}, 5
	return p
}

// SDCLRImageNetFull is for all labels of ImageNet or ImageNet-100
// (imagenet-100-res50-LT.sh lines 80-87): batch 512, drops after epochs 10 and 20,
// validated every second epoch, by top-5 accuracy (train_imagenet.py lines 342 and 365).
func SDCLRImageNetFull() SDCLRProbe {
	p := SDCLRFull()
	p.Batch, p.Drops, p.Every, p.Top = 512, []int{11, 21}, 2, 5
	return p
}

// SDCLRImageNetFewShot is for 1 % of the labels (lines 99-105): 100 epochs, drops after
// epochs 40 and 60, validated every tenth.
func SDCLRImageNetFewShot() SDCLRProbe {
	p := SDCLRImageNetFull()
	p.Epochs, p.Drops, p.Every = 100, []int{41, 61}, 10
	return p
}

func (p SDCLRProbe) check() error {
	if p.Top < 1 || p.Top > 5 {
		return fmt.Errorf("SDCLR's probe validated by top-%d accuracy, expected 1 to 5", p.Top)
	}
	if p.Epochs < 1 || p.Batch < 1 || !(p.LR > 0) || !(p.Momentum >= 0 && p.Momentum < 1) || p.Every < 1 {
		return fmt.Errorf("SDCLR's probe with %d epochs of batch %d, learning rate %v, momentum %v, validated every %d: expected at least 1, at least 1, above 0, in [0, 1), at least 1", p.Epochs, p.Batch, p.LR, p.Momentum, p.Every)
	}
	return nil
}

// checkValidated returns an error if no epoch is validated.
func (p SDCLRProbe) checkValidated() error {
	if p.Every > p.Epochs {
		return fmt.Errorf("SDCLR's probe: none of %d epochs is validated, which happens every %d", p.Epochs, p.Every)
	}
	return nil
}

// rate is the learning rate of an epoch, counted from 1.
func (p SDCLRProbe) rate(epoch int) float64 {
	lr := p.LR
	for _, d := range p.Drops {
		if epoch >= d {
			lr *= 0.1
		}
	}
	return lr
}

// Predict fits the classifier on some rows of ds (nil: all), with e's network and crops,
// and returns for each row of x, the features of the test images, the classes, best
// first. validation, also features, picks the epoch; nil picks the last.
func (p SDCLRProbe) Predict(ctx context.Context, e Extractor, ds dataset.Dataset, rows []int, classes int, validation *Set, x torch.Tensor) (top [][]int64, err error) {
	if err := errors.Join(p.check(), e.Crop.Check()); err != nil {
		return nil, err
	}
	if validation != nil {
		if err := p.checkValidated(); err != nil {
			return nil, err
		}
	}
	err = torch.Do(func() error {
		defer keepGenerators(e.Device)()
		defer evaluating(e.Net)()
		fc, err := newClassifier(x.Size(1), classes, p.Seed, e.Device)
		if err != nil {
			return err
		}
		opt := optim.NewSGD(nn.Parameters(fc), p.LR, p.Momentum, 0)
		images, err := e.labelled(ds, rows, p.Batch, 1, p.Seed)
		if err != nil {
			return err
		}
		right := math.Inf(-1)
		for epoch := 1; epoch <= p.Epochs; epoch++ {
			opt.LR = p.rate(epoch)
			if err := images.epoch(ctx, epoch, func(b *sampler.Batch, labels []int64) error { return p.step(e, fc, opt, b, labels) }); err != nil {
				return err
			}
			if validation == nil && epoch == p.Epochs || validation != nil && epoch%p.Every == 0 {
				torch.NoGrad(func() {
					// Only a better epoch replaces the best.
					if now := p.accuracy(fc, validation); now > right || validation == nil {
						right, top = now, best(fc.Forward(x))
					}
				})
			}
			if p.Progress != nil {
				p.Progress(epoch, p.Epochs)
			}
		}
		return nil
	})
	return top, err
}

func (p SDCLRProbe) step(e Extractor, fc *nn.Linear, opt *optim.SGD, b *sampler.Batch, labels []int64) error {
	return torch.Do(func() error {
		opt.ZeroGrad()
		logits := fc.Forward(e.forward(b))
		torch.CrossEntropy(logits, torch.FromSlice(labels).ToDevice(e.Device), torch.ReduceMean).Backward()
		opt.Step()
		return nil
	})
}

// accuracy is the share of images whose class is among the first; 0 without any.
func (p SDCLRProbe) accuracy(fc *nn.Linear, s *Set) float64 {
	if s == nil {
		return 0
	}
	logits := fc.Forward(s.X)
	if p.Top == 1 {
		return torch.Item[float64](logits.ArgMax(1).Eq(s.Labels).To(torch.Float32).Mean())
	}
	_, top := logits.TopK(min(int64(p.Top), logits.Size(1)), 1, true)
	right := top.Eq(s.Labels.Unsqueeze(1)).To(torch.Float32).SumDim([]int64{1}, false)
	return torch.Item[float64](right.Mean())
}

// WithEpochs returns the settings for another number of epochs, with drops and
// validations at the same fractions.
func (p SDCLRProbe) WithEpochs(n int) SDCLRProbe {
	drops := make([]int, len(p.Drops))
	for i, d := range p.Drops {
		drops[i] = max(1, (d*n+p.Epochs/2)/p.Epochs)
	}
	p.Every = max(1, p.Every*n/p.Epochs)
	p.Epochs, p.Drops = n, drops
	return p
}

// SDCLR is [SDCLRProbe] for a Suite, with one of the two settings, by protocol.
type SDCLR struct {
	Recipe  string     // SDCLRCIFAR: Full and FewShot; SDCLRImageNet: those of ImageNet instead
	Full    SDCLRProbe // for protocols of all images and of lists
	FewShot SDCLRProbe // for few-shot protocols
	Epochs  int        // of both, with drops and validations at the same fractions; 0: theirs
	Batch   int        // of both; 0: theirs
	Every   int        // epochs between validations, of both; 0: theirs
	LR      float64    // of both
	Seed    uint64     // of both
}

// The recipes of SDCLR's probe.
const (
	SDCLRCIFAR    = "cifar"
	SDCLRImageNet = "imagenet"
)

// DefaultSDCLR has the settings of [SDCLRFull] and [SDCLRFewShot].
func DefaultSDCLR() SDCLR {
	return SDCLR{Recipe: SDCLRCIFAR, Full: SDCLRFull(), FewShot: SDCLRFewShot(), LR: SDCLRFull().LR, Seed: SDCLRFull().Seed}
}

func init() { Register(DefaultSDCLR) }

// Spec implements [Classifier].
func (s *SDCLR) Spec() Spec {
	return Spec{
		Name: "probe-sdclr", Rank: 50, Seed: &s.Seed, Validation: true, Crops: true,
		Settings: []settings.Setting{
			{Name: "sdclr-recipe", Values: []string{SDCLRCIFAR, SDCLRImageNet}, Usage: "SDCLR's probe as their code has it for cifar, or for imagenet: batch 512, fewer validations, by top-5", Value: &s.Recipe, Check: s.checkRecipe},
			{Name: "sdclr-batch-size", Usage: "images per step of SDCLR's probe; 0: 128, or 512 for imagenet", Value: &s.Batch, Check: settings.AtLeast(&s.Batch, 0)},
			{Name: "sdclr-test-freq", Usage: "epochs between validations of SDCLR's probe; 0: 1, for imagenet 2; for few-shot protocols 5, for imagenet 10", Value: &s.Every, Check: settings.AtLeast(&s.Every, 0)},
			{Name: "sdclr-epochs", Usage: "epochs of SDCLR's probe; 0: 30, or 100 for few-shot protocols", Value: &s.Epochs, Check: settings.AtLeast(&s.Epochs, 0)},
			{Name: "sdclr-lr", Usage: "learning rate of SDCLR's probe", Value: &s.LR},
		},
	}
}

// probe returns the settings for few-shot protocols or for others.
func (s SDCLR) probe(shots bool) SDCLRProbe {
	full, few := s.Full, s.FewShot
	if s.Recipe == SDCLRImageNet {
		full, few = SDCLRImageNetFull(), SDCLRImageNetFewShot()
	}
	p := full
	if shots {
		p = few
	}
	if s.Epochs > 0 {
		p = p.WithEpochs(s.Epochs)
	}
	p.Batch, p.Every = cmp.Or(s.Batch, p.Batch), cmp.Or(s.Every, p.Every)
	p.LR, p.Seed = s.LR, s.Seed
	return p
}

func (s *SDCLR) checkRecipe() error {
	if s.Recipe != SDCLRCIFAR && s.Recipe != SDCLRImageNet {
		return fmt.Errorf("%q, expected %s or %s", s.Recipe, SDCLRCIFAR, SDCLRImageNet)
	}
	return nil
}

// Check implements [Classifier].
func (s SDCLR) Check(suite *Suite) error {
	if err := errors.Join(s.checkRecipe(), s.probe(false).check(), s.probe(true).check()); err != nil || suite.Validation == nil {
		return err
	}
	for _, p := range suite.Protocols {
		if err := s.probe(p.Shots > 0).checkValidated(); err != nil {
			return err
		}
	}
	return nil
}

// Classify implements [Classifier].
func (s SDCLR) Classify(ctx context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each(s.Spec().Name, func(p Part) ([][]int64, error) {
		probe := s.probe(p.Protocol.Shots > 0)
		probe.Progress = p.Progress
		return probe.Predict(ctx, m.Extractor(), m.Probe, p.Rows, m.Classes, m.Features.Validation, m.Features.Test.X)
	})
}
