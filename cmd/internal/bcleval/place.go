package bcleval

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/imagecache"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// openPlace opens the data set with the lists that define or choose its parts; probe is
// the list that defines the probe set, if any. With another data set than the run's, the
// run's lists are used if they give the images that the run was trained on; otherwise
// they are ignored, with a message on stderr.
func (o *options) openPlace(ctx context.Context, probe string, stderr io.Writer) (*dataset.Place, error) {
	if borrowed := o.borrowed(); len(borrowed) > 0 {
		p, err := o.openParts(ctx, probe, stderr)
		if err == nil {
			err = o.trainedOn(p.Train)
		}
		if err == nil {
			return p, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		for _, list := range borrowed {
			fmt.Fprintf(stderr, "%s: ignoring the run's --%s %s: %v\n", name, list.Name, quote.Name(list.Value.String()), quote.Text(err.Error()))
			if err := list.Value.Set(""); err != nil {
				return nil, err
			}
		}
	}
	return o.openParts(ctx, probe, stderr)
}

// borrowed returns the flags of the run's lists if the data set is not the run's.
func (o *options) borrowed() (lists []*pflag.Flag) {
	if o.source.ours == nil || !o.flags.Changed("data") {
		return nil
	}
	for _, name := range []string{"train-split", "test-list", "holdout"} {
		if f := o.flags.Lookup(name); !f.Changed && f.Value.String() != "" {
			lists = append(lists, f)
		}
	}
	return lists
}

// openList opens the images of a text or JSON list of the data set.
func (o *options) openList(ctx context.Context, list string, stderr io.Writer) (dataset.Dataset, error) {
	p, err := dataset.Open(o.Data, dataset.Options{Train: o.Split, Test: list, MaxPixels: o.maxPixels, Cache: o.cache, Damaged: o.damage.Add})
	if err != nil {
		return nil, err
	}
	if o.skipBroken {
		say := func(format string, args ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", args...) }
		return verify.Images(ctx, p.Test, "validation images", verify.Options{SkipBroken: true, Say: say, Read: map[string]bool{}, Stderr: stderr})
	}
	return p.Test, verify.Hint(dataset.CheckFiles(ctx, p.Test, dataset.VerifyOptions{}))
}

// openParts opens the data set, without images that cannot be read if skipBroken is set.
// Index lists still count all images.
func (o *options) openParts(ctx context.Context, probe string, stderr io.Writer) (*dataset.Place, error) {
	say := func(format string, args ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", args...) }
	if o.cache == nil {
		o.cache = imagecache.New(o.imageCache, 1, say)
	}
	holdout, _ := dataset.ParseHoldout(o.holdout) // which checkFlags has parsed
	indexing, clear := cli.Bar(stderr, "indexing "+quote.Name(o.Data))
	p, err := dataset.Open(o.Data, dataset.Options{Context: ctx, Indexing: indexing, Train: o.Split, Probe: probe, Test: o.TestList, Holdout: holdout, Unlabelled: o.unlabelled, MaxPixels: o.maxPixels, Cache: o.cache, Damaged: o.damage.Add})
	clear()
	if err != nil {
		return nil, err
	}
	for _, note := range p.Notes {
		say("%s", note)
	}
	seen := func() { // said when the training images are final
		if holdout.Share > 0 && o.TestList == "" && o.source.ours != nil && o.trainedOn(p.Train) != nil {
			say("the network was trained on other images than those that --holdout %s leaves: it may have seen the test images, without their labels", o.holdout)
		}
	}
	if !o.skipBroken {
		seen()
		return p, nil
	}
	read := verify.Options{SkipBroken: true, Say: say, Read: map[string]bool{}, Stderr: stderr}
	err = p.Replace(func(part string, ds dataset.Dataset) (dataset.Dataset, error) {
		return verify.Images(ctx, ds, part+" images", read)
	})
	if err != nil {
		return nil, err
	}
	seen()
	return p, nil
}

// trainedOn returns an error if ds are not the images that the checkpoint's run was
// trained on.
func (o *options) trainedOn(ds dataset.Dataset) error {
	was := o.source.ours.Data()
	if was.Fingerprint == "" {
		return fmt.Errorf("%s does not record its training images", o.source.path)
	}
	// A list whose classes are numbers gets the class names of another list in its
	// folder.
	is := dataset.Fingerprint(ds)
	if is == was.Fingerprint || dataset.Fingerprint(numbered{ds}) == was.Fingerprint {
		return nil
	}
	return fmt.Errorf("the training images are not those of the run: its %d with the fingerprint %.16s, these %d with %.16s",
		was.Samples, was.Fingerprint, ds.Len(), is)
}

// numbered is a data set whose classes are named by their numbers.
type numbered struct{ dataset.Dataset }

func (n numbered) Classes() []string {
	names := make([]string, len(n.Dataset.Classes()))
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return names
}
