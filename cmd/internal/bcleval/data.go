package bcleval

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// images are the parts of the data that evaluation needs.
type images struct {
	probe, test dataset.Dataset
	validation  dataset.Dataset // nil: none
	trained     dataset.Dataset // the training split
	counts      []int           // of the training split, by class
	groups      score.Groups
	protocols   []protocol.Protocol
}

// open opens the data and checks that evaluation can use it.
func (o *options) open(ctx context.Context, stderr io.Writer) (*images, error) {
	defined, lists, err := o.probeList()
	if err != nil {
		return nil, fmt.Errorf("--probe-list: %w", err)
	}
	p, err := o.openPlace(ctx, defined, stderr)
	if err != nil {
		return nil, err
	}
	if err := o.theirs.CheckLists(o.Data, p.Kind); err != nil {
		return nil, err
	}
	if p.Test == nil {
		return nil, fmt.Errorf("%s has no test images: evaluation needs train/ and test/ in a folder (docs/data.md has other names), or --test-list, or --holdout 0.2, which tests on a fifth of each class", o.Data)
	}
	if p.Probe == nil {
		return nil, fmt.Errorf("%s has no labelled images to fit a classifier on: evaluation needs class sub-folders or a list with labels", o.Data)
	}
	for _, ds := range []dataset.Dataset{p.Probe, p.Test} {
		if o.skipBroken {
			break // its images were seen a moment ago
		}
		if err := dataset.CheckFiles(ctx, ds, dataset.VerifyOptions{}); err != nil {
			return nil, verify.Hint(err)
		}
	}
	im := &images{probe: p.Probe, test: p.Test, trained: p.Train}
	if im.counts, _ = dataset.Counts(im.trained); len(im.counts) == 0 {
		return nil, fmt.Errorf("%s: the training images have no labels, which make the groups", o.Data)
	}
	if im.groups, err = score.GroupRule(o.rule).Groups(im.counts); err != nil {
		return nil, err
	}
	if im.groups.None() && len(im.counts) > 1 {
		fmt.Fprintf(stderr, "%s: each class has %d images in %s, so none is Many, Medium or Few: give the list that was trained on as --train-split\n",
			name, im.counts[0], quote.Name(cmp.Or(o.Split, "the training part of "+o.Data)))
	}
	if im.validation, err = o.validation(ctx, im.probe, stderr); err != nil {
		return nil, err
	}
	im.protocols, err = o.resolveProtocols(im.probe, lists, stderr)
	return im, err
}

// validation returns the images that select the epoch of SDCLR's probe.
func (o *options) validation(ctx context.Context, probe dataset.Dataset, stderr io.Writer) (dataset.Dataset, error) {
	list := o.validationList
	if list == "" && o.splits != "" {
		found, err := protocol.Glob(o.splits, "*valIdxList.npy")
		if err != nil {
			return nil, err
		}
		if len(found) == 1 {
			list = found[0]
		}
	}
	if list == "" {
		return nil, nil
	}
	indices, err := dataset.IsIndexList(list)
	if err != nil {
		return nil, err
	}
	if indices {
		return dataset.SubsetFile(probe, list)
	}
	return o.openList(ctx, list, stderr)
}
