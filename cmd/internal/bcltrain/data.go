package bcltrain

import (
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// open opens the training images and reads each once, so that no broken image ends the
// run in the middle of an epoch.
func (o *options) open(ctx context.Context, stderr io.Writer) (dataset.Dataset, error) {
	place, err := dataset.Open(o.data, dataset.Options{Train: o.split, Unlabelled: o.unlabelled, MaxPixels: o.maxPixels})
	if err != nil {
		return nil, err
	}
	for _, note := range place.Notes {
		o.theirs.Remark("%s", note)
	}
	ds := place.Train
	if err := o.checkLabels(ds); err != nil {
		return nil, err
	}
	if ds, err = o.verify(ctx, ds, "images", nil, stderr); err != nil {
		return nil, err
	}
	if ds.Len() < 2 {
		return nil, fmt.Errorf("%s has %d training image(s), expected at least 2", o.data, ds.Len())
	}
	return ds, nil
}

// verify reads the images of ds except those whose names are in read, to which it adds
// them, and returns those that can be read. what names the images in messages.
func (o *options) verify(ctx context.Context, ds dataset.Dataset, what string, read map[string]bool, stderr io.Writer) (dataset.Dataset, error) {
	return verify.Images(ctx, ds, what, verify.Options{SkipBroken: o.skipBroken, Say: o.theirs.Remark, Read: read, Stderr: stderr})
}

// checkLabels compares the labels of a list, which determine the number of classes, with
// --num-class if it was given; a config.yaml always has it.
func (o *options) checkLabels(ds dataset.Dataset) error {
	if o.split == "" || !o.flags.Changed("num-class") || o.ofRun("num-class") {
		return nil
	}
	indices, err := dataset.IsIndexList(o.split)
	if n, most := len(ds.Classes()), o.model.Classes; err == nil && !indices && n > most {
		return fmt.Errorf("%s: labels go up to %d, expected them below the %d of --num-class", o.split, n-1, most)
	}
	return err
}
