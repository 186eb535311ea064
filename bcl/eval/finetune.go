package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// FineTune trains an entire network, with a linear classifier on its features, on the
// labels of the probe set. [DefaultFineTune] has SimCLR's settings.
type FineTune struct {
	Epochs      int
	Batch       int
	LR          float64 // highest, decayed by half a cosine to 0; 0 means 0.05 * Batch / 256
	Momentum    float64 // Nesterov's
	WeightDecay float64
	Seed        uint64 // of the classifier, the order and the views
	// Save, if set, is the .pt file for the network and its classifier, under the encoder's
	// names and fc; with several subsets each has a name of its own in it (part of
	// [Measurement]).
	Save string
	// Progress, if set, is called after every epoch.
	Progress func(done, total int)
}

// DefaultFineTune is the fine-tuning of Chen et al. 2020 (arXiv 2002.05709, appendix
// B.5): learning rate 0.05 * batch / 256 without warm-up, Nesterov momentum 0.9, no
// weight decay, only crops and flips, 60 epochs (theirs for 1 % of the labels). Their
// batch is 4096; with 256 the rate is 0.05.
func DefaultFineTune() FineTune {
	return FineTune{Epochs: 60, Batch: 256, Momentum: 0.9, Seed: 10}
}

func init() { Register(DefaultFineTune) }

// Spec implements [Classifier].
func (f *FineTune) Spec() Spec {
	return Spec{
		Name: "finetune", Rank: 60, Seed: &f.Seed, Copy: true, Crops: true, Files: f.files,
		Settings: []settings.Setting{
			{Name: "finetune-epochs", Usage: "epochs of fine-tuning", Value: &f.Epochs},
			{Name: "finetune-batch-size", Usage: "images per step of fine-tuning", Value: &f.Batch},
			{Name: "finetune-lr", Usage: "highest learning rate of fine-tuning; 0: 0.05 * batch / 256", Value: &f.LR},
			{Name: "finetune-momentum", Usage: "Nesterov momentum of fine-tuning", Value: &f.Momentum},
			{Name: "finetune-weight-decay", Usage: "weight decay of fine-tuning", Value: &f.WeightDecay},
			{Name: "finetune-save", Usage: "write the fine-tuned network and its classifier to `FILE`.pt; of several protocols or subsets, each to a file with its name added", Value: &f.Save, Output: true},
		},
	}
}

// Check implements [Classifier]. No Suite is needed.
func (f FineTune) Check(*Suite) error {
	if f.Epochs < 1 || f.Batch < 2 || !(f.LR >= 0) || !(f.Momentum >= 0 && f.Momentum < 1) || !(f.WeightDecay >= 0) {
		return fmt.Errorf("fine-tuning with %d epochs of batch %d, learning rate %v, momentum %v, weight decay %v: expected at least 1, at least 2, from 0, in [0, 1) and from 0", f.Epochs, f.Batch, f.LR, f.Momentum, f.WeightDecay)
	}
	if f.Save == "" {
		return nil
	}
	if ext := filepath.Ext(f.Save); ext != ".pt" && ext != ".pth" {
		return fmt.Errorf("the fine-tuned network cannot be saved to %s: expected a name that ends with .pt", quote.Name(f.Save))
	}
	_, err := os.Stat(filepath.Dir(f.Save)) // now, not after hours
	return quote.Error(err)
}

// Classify implements [Classifier]: it trains a copy of the network for each subset.
func (f FineTune) Classify(ctx context.Context, m *Measurement) ([][][]int64, error) {
	save, several := f.Save, m.severalParts()
	return m.Each(f.Spec().Name, func(p Part) ([][]int64, error) {
		fresh := m.Encoder.New()
		if err := nn.LoadStateDict(fresh, nn.StateDict(m.Encoder.Net)); err != nil {
			return nil, fmt.Errorf("copy of the network: %w", err)
		}
		nn.To(fresh, m.Device)
		nn.ToChannelsLast(fresh)
		f.Progress, f.Save = p.Progress, p.file(save, several)
		return f.Predict(ctx, m.Extractor(), fresh, m.Features.Test.X.Size(1), m.Probe, p.Rows, m.Classes, m.Test)
	})
}

// rate is the highest learning rate.
func (f FineTune) rate() float64 { return cmp.Or(f.LR, 0.05*float64(f.Batch)/256) }

// classified is an encoder and a linear classifier on its features.
type classified struct {
	nn.Base
	encoder model.Encoder
	fc      *nn.Linear
}

func (c *classified) Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor {
	return c.encoder.Inputs(raw, d)
}
func (c *classified) Features() int64 { return c.fc.Weight.Size(0) }

func (c *classified) Forward(inputs ...torch.Tensor) torch.Tensor {
	return c.fc.Forward(c.encoder.Forward(inputs...))
}

// newClassifier draws weights from N(0, 0.01^2) with a seed, as SimCLR's and SDCLR's code
// does; bias 0.
func newClassifier(features int64, classes int, seed uint64, d torch.Device) (*nn.Linear, error) {
	fc := nn.NewLinear(features, int64(classes), true)
	if err := torch.ManualSeed(seed); err != nil {
		return nil, err
	}
	torch.NoGrad(func() {
		fc.Weight.Normal_(0, 0.01)
		fc.Bias.Zero_()
	})
	nn.To(fc, d)
	return fc, nil
}

// Predict trains encoder, which it changes, on some rows of ds (nil: all) and returns the
// classes of each image of test, best first. e configures reading and cropping; its
// network is not used. features is the size of the encoder's output.
func (f FineTune) Predict(ctx context.Context, e Extractor, encoder model.Encoder, features int64, ds dataset.Dataset, rows []int, classes int, test dataset.Dataset) (top [][]int64, err error) {
	if err := errors.Join(f.Check(nil), e.Crop.Check()); err != nil {
		return nil, err
	}
	err = torch.Do(func() error {
		defer keepGenerators(e.Device)()
		fc, err := newClassifier(features, classes, f.Seed, e.Device)
		if err != nil {
			return err
		}
		net := &classified{encoder: encoder, fc: fc}
		nn.Child(net, "encoder", encoder)
		nn.Child(net, "fc", fc)
		e.Net = net
		images, err := e.labelled(ds, rows, f.Batch, 2, f.Seed)
		if err != nil {
			return err
		}
		if err := f.train(ctx, e, net, images); err != nil {
			return err
		}
		e.Progress = nil
		logits, err := e.Features(ctx, test)
		if err != nil {
			return err
		}
		top = best(logits.X)
		if f.Save == "" {
			return nil
		}
		// Without the projector, which SDCLR has at that place.
		state := slices.DeleteFunc(nn.StateDict(encoder), func(n nn.Named) bool { return strings.HasPrefix(n.Name, "fc.") })
		return bridge.SaveStateDict(f.Save, append(state, nn.Named{Name: "fc.weight", Tensor: fc.Weight}, nn.Named{Name: "fc.bias", Tensor: fc.Bias}))
	})
	return top, err
}

// severalParts reports whether there is more than one subset or trial.
func (s *Suite) severalParts() bool {
	return len(s.Protocols) > 1 || len(s.Protocols[0].Subsets) > 1 || s.trials() > 1
}

// files lists the files that are written for a Suite.
func (f *FineTune) files(s *Suite) (paths []string) {
	if f.Save == "" {
		return nil
	}
	for _, p := range s.Protocols {
		for _, subset := range p.Subsets {
			for trial := range s.trials() {
				paths = append(paths, Part{Protocol: p, Subset: s.named(subset, trial)}.file(f.Save, s.severalParts()))
			}
		}
	}
	return paths
}

// file is the file for a part: path, with the part's names in it if there are several.
func (p Part) file(path string, several bool) string {
	if path == "" || !several {
		return path
	}
	names := strings.Join(strings.Fields(p.Protocol.Name+" "+p.Subset.Name), "-")
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + strings.NewReplacer("/", "-", string(filepath.Separator), "-").Replace(names) + ext
}

func (f FineTune) train(ctx context.Context, e Extractor, net *classified, v *labelled) error {
	nn.Train(net)
	opt := newNesterov(nn.Parameters(net), f.Momentum, f.WeightDecay)
	step, total := 0, f.Epochs*v.batches()
	for epoch := range f.Epochs {
		err := v.epoch(ctx, epoch, func(b *sampler.Batch, labels []int64) error {
			opt.lr = f.rate() * (1 + math.Cos(math.Pi*float64(step)/float64(total))) / 2
			step++
			return torch.Do(func() error {
				nn.ZeroGrad(net)
				logits := net.Forward(e.inputs(b)...)
				loss := torch.CrossEntropy(logits, torch.FromSlice(labels).ToDevice(e.Device), torch.ReduceMean)
				if v := torch.Item[float64](loss); math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Errorf("fine-tuning: the loss is %v in epoch %d at learning rate %v; a lower one may help", v, epoch+1, opt.lr)
				}
				loss.Backward()
				opt.step()
				return nil
			})
		})
		if err != nil {
			return err
		}
		if f.Progress != nil {
			f.Progress(epoch+1, f.Epochs)
		}
	}
	return nil
}

// nesterov is SGD with Nesterov momentum (torch.optim.SGD with nesterov=True).
type nesterov struct {
	lr, momentum, decay float64
	params, buffers     []torch.Tensor
}

func newNesterov(params []torch.Tensor, momentum, decay float64) *nesterov {
	o := &nesterov{momentum: momentum, decay: decay, params: params}
	for _, p := range params {
		o.buffers = append(o.buffers, torch.ZerosLike(p.Detach()))
	}
	return o
}

// step updates every parameter with a gradient: those of a pruned branch have none.
func (o *nesterov) step() {
	torch.NoGrad(func() {
		for i, p := range o.params {
			g := p.Grad()
			if !g.Defined() {
				continue
			}
			if o.decay != 0 {
				g = g.Add(p.MulScalar(o.decay))
			}
			b := o.buffers[i].MulScalar_(o.momentum).Add_(g, 1)
			p.Add_(g.Add(b.MulScalar(o.momentum)), -o.lr)
		}
	})
}
