package bcltrain

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/imagecache"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// open opens the training images and reads each once, so that no broken image ends the
// run in the middle of an epoch.
func (o *options) open(ctx context.Context, stderr io.Writer) (dataset.Dataset, error) {
	opt := o.images()
	opt.Unlabelled, opt.Context = o.unlabelled, ctx
	var clear func()
	opt.Indexing, clear = cli.Bar(stderr, "indexing "+quote.Name(o.data))
	place, err := dataset.Open(o.data, opt)
	clear()
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

// classSizes returns, for each image, how many its class has, if --memory-control is by them.
func (o *options) classSizes(ds dataset.Dataset) ([]int, error) {
	if !o.config.Memory.NeedsLabels() {
		return nil, nil
	}
	labels := make([]int, ds.Len())
	for i := range labels {
		if labels[i] = ds.Label(i); labels[i] < 0 {
			return nil, fmt.Errorf("--memory-control %s weights images by the sizes of their classes, and %s has no label; other controls need none", o.config.Memory.Control, quote.Name(ds.Name(i)))
		}
	}
	o.theirs.Remark("--memory-control %s uses the labels of the training images: for analysis only", o.config.Memory.Control)
	return memory.SizesOf(labels), nil
}

// checkDecoder says if the run that is resumed had another decoder of JPEG files. Their
// pixels, and all that follows, then differ from what it would have computed.
func (o *options) checkDecoder(start session.Start, ds dataset.Dataset) error {
	before, err := start.Environment()
	if err != nil || before.BCL == "" || !dataset.HasFiles(ds) {
		return err
	}
	was, is := cmp.Or(before.JPEG, "image/jpeg"), rgb.JPEGDecoder()
	library := func(name string) string { return strings.Fields(name)[0] } // its versions agree
	if library(was) != library(is) {
		o.theirs.Remark("JPEG files were decoded by %s, and are by %s from here on: pixels may differ by a few of 255 (of PNG and others they do not)", was, is)
	}
	return nil
}

// images says how the data set is opened, for training and for the evaluation meanwhile,
// which share memory.
func (o *options) images() dataset.Options {
	if o.cache == nil {
		o.cache = imagecache.New(o.imageCache, o.place.LocalWorld, o.theirs.Remark)
	}
	holdout, _ := dataset.ParseHoldout(o.holdout) // which check has parsed
	return dataset.Options{Train: o.split, Holdout: holdout, MaxPixels: o.maxPixels, Cache: o.cache, Damaged: o.damage.Add}
}

// verify reads the images of ds except those whose names are in read, to which it adds
// them, and returns those that can be read. what names the images in messages.
func (o *options) verify(ctx context.Context, ds dataset.Dataset, what string, read map[string]bool, stderr io.Writer) (dataset.Dataset, error) {
	left, err := verify.Images(ctx, ds, what, verify.Options{NotRead: !o.checkImages, SkipBroken: o.skipBroken, Say: o.theirs.Remark, Read: read, Stderr: stderr})
	o.damage.Say(o.theirs.Remark)
	return left, err
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
