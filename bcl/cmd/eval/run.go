package eval

import (
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/cmd/cli"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// images are the parts of the data that evaluation needs.
type images struct {
	probe, test dataset.Dataset
	trained     dataset.Dataset // the training split
	classes     int
	counts      []int // of the training split, by class
	groups      eval.Groups
}

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	device, err := torch.ParseDevice(o.device) // loads CUDA, so before any tensor
	if err != nil {
		return err
	}
	if err := torch.SetNumThreads(o.threads); err != nil {
		return err
	}
	im, err := o.open()
	if err != nil {
		return err
	}
	results := Results{Checkpoint: o.checkpoint.Path, Epoch: o.checkpoint.Epoch, Data: o.Data, Probe: im.probe.Len(), Test: im.test.Len(), ClassCounts: im.counts, Groups: im.groups}
	err = torch.Do(func(*torch.Scope) error {
		if err := torch.ManualSeed(o.Seed); err != nil {
			return err
		}
		net := model.New(o.model(), o.checkpoint.IsDual())
		nn.To(net, device)
		nn.ToChannelsLast(net)
		if o.untrained {
			if err := o.evaluate(ctx, "untrained", net, im, device, &results, stderr); err != nil {
				return err
			}
		}
		if err := o.checkpoint.LoadWeights(net); err != nil {
			return err
		}
		return o.evaluate(ctx, "trained", net, im, device, &results, stderr)
	})
	if err != nil {
		return err
	}
	if results.Tail, err = o.tailCurve(im); err != nil {
		return err
	}
	if o.json {
		return results.WriteJSON(stdout)
	}
	return results.WriteTable(stdout)
}

// open opens the data and checks that evaluation can do something with it.
func (o *options) open() (*images, error) {
	place, err := dataset.Open(o.Data, dataset.Options{})
	if err != nil {
		return nil, err
	}
	if place.Test == nil {
		return nil, fmt.Errorf("%s has no test images: a folder needs train/ and test/ (or val/) for evaluation", o.Data)
	}
	if place.Probe == nil {
		return nil, fmt.Errorf("%s has no labelled images to fit a classifier on: evaluation needs class sub-folders", o.Data)
	}
	im := &images{probe: place.Probe, test: place.Test, classes: len(place.Test.Classes())}
	if got, want := len(im.probe.Classes()), im.classes; got != want {
		return nil, fmt.Errorf("%s: %d classes to fit on, %d in the test images", o.Data, got, want)
	}
	trained := place.Train
	if o.Split != "" {
		if trained, err = dataset.SubsetFile(trained, o.Split); err != nil {
			return nil, err
		}
	}
	if o.probeList != "" {
		if im.probe, err = dataset.SubsetFile(im.probe, o.probeList); err != nil {
			return nil, err
		}
	}
	if o.knn.K == 0 {
		o.knn.K = max(1, min(200, im.probe.Len()/im.classes))
	}
	im.trained = trained
	im.counts, _ = dataset.Counts(trained)
	im.groups, err = eval.ByThirds(im.counts)
	return im, err
}

// evaluate adds the rows of one network.
func (o *options) evaluate(ctx context.Context, what string, net model.Network, im *images, d torch.Device, r *Results, stderr io.Writer) error {
	return torch.Do(func(*torch.Scope) error {
		features := func(part string, ds dataset.Dataset) (eval.Set, error) {
			bar := cli.NewProgress(stderr, fmt.Sprintf("%s: features of the %s images", what, part), ds.Len())
			defer bar.Clear()
			e := eval.Extractor{Net: net.Encoder(), Device: d, Size: o.Size, Batch: o.batch, Workers: o.workers,
				Progress: func(done, _ int) { bar.Set(done, "") }}
			return e.Features(ctx, ds)
		}
		probe, err := features("probe", im.probe)
		if err != nil {
			return err
		}
		test, err := features("test", im.test)
		if err != nil {
			return err
		}
		for _, by := range o.by {
			top, err := o.predict(ctx, by, what, probe, test, im.classes, stderr)
			if err != nil {
				return err
			}
			r.Rows = append(r.Rows, Row{what, by, eval.Score(top, test.Y, im.classes, im.groups)})
		}
		return nil
	})
}

func (o *options) predict(ctx context.Context, by, what string, probe, test eval.Set, classes int, stderr io.Writer) ([][]int64, error) {
	if by == byKNN {
		return o.knn.Predict(probe, classes, test.X)
	}
	bar := cli.NewProgress(stderr, what+": linear probe", o.probe.Epochs)
	defer bar.Clear()
	p := o.probe
	p.Progress = func(done, _ int) { bar.Set(done, "") }
	return p.Predict(ctx, probe, classes, test.X)
}
