package bcleval

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

const embedUsage = `Usage: bcl-eval embed RUN --out DIR [flags]

Writes the features of images to a folder, with the images' names. RUN is a run folder
or a file of weights, as for bcl-eval. Labels are not needed, and any number of images
takes the same memory. The same command continues an interrupted one.

  bcl-eval embed runs/photos --out features                the images trained on
  bcl-eval embed runs/photos --out new --data ~/new --format parquet
  bcl-eval embed resnet50.pth --data ~/photos --out f --layers features,layer3

DIR gets features.npy (float32, images x width), samples.csv (row, name, class), with
labels labels.npy, and features.json, which says what was computed.
`

// embedding is a run of bcl-eval embed.
type embedding struct {
	*options
	out, part, dtype string
	layers, formats  []string
	normalize        bool
}

func newEmbedding() *embedding {
	o := &embedding{options: &options{flags: cli.NewFlags(name + " embed"), theirs: &authors.Eval{}}}
	f := o.flags
	f.StringVar(&o.out, "out", "", "`DIR` to write to")
	f.StringVar(&o.part, "part", "train", "which images: train, or all if there are no parts; probe (all with labels, also those that --train-split leaves out), or test")
	o.placeFlags()
	f.BoolVar(&o.unlabelled, "unlabelled", false, "take all images of a folder at any depth, sub-folders are no classes; default: the run's")
	f.StringSliceVar(&o.layers, "layers", []string{eval.FeaturesLayer}, "what to write: features, projection (what the loss sees), and stages such as layer3")
	f.StringSliceVar(&o.formats, "format", nil, "also write features."+strings.Join(features.Formats(), ", features.")+": names of these formats")
	f.BoolVar(&o.normalize, "normalize", false, "scale each vector to length 1, as cosine similarity does")
	f.StringVar(&o.dtype, "dtype", "float32", "of the vectors: float32 or float16")
	f.BoolVar(&o.force, "force", false, "replace other features in DIR")
	o.networkFlags()
	o.imageFlags()
	o.workFlags()
	f.BoolP("help", "h", false, "show this help")
	cli.Sections(f,
		cli.Section{Title: "Data", First: "out", Common: "out part data"},
		cli.Section{Title: "Results", First: "layers", Common: "layers format normalize dtype force"},
		cli.Section{Title: "Files that do not say what they hold", First: "key"},
		cli.Section{Title: "Images", First: "size", Common: "size"},
		cli.Section{Title: "Work", First: "batch-size", Common: "batch-size device"},
		cli.Section{Title: "Help", First: "help"},
	)
	return o
}

// embed runs bcl-eval embed.
func embed(args []string, stdout, stderr io.Writer) int {
	o := newEmbedding()
	if code := cli.Parse(o.flags, args, embedUsage, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(o.flags.Name(), "ending; the same command continues", stderr, func(ctx context.Context) error {
		defer func() { o.source.Close() }()
		if err := o.resolve(); err != nil {
			return err
		}
		return o.run(ctx, stdout, stderr)
	})
}

func (o *embedding) resolve() error {
	args := o.flags.Args()
	switch {
	case len(args) != 1:
		return cli.Usagef("%d arguments, expected one: a run directory or a checkpoint", len(args))
	case o.out == "":
		return cli.Usagef("--out is missing: the folder to write to")
	case !slices.Contains([]string{"train", "probe", "test"}, o.part):
		return cli.Usagef("--part is %q, expected train, probe or test", o.part)
	case !slices.Contains([]string{"float32", "float16"}, o.dtype):
		return cli.Usagef("--dtype is %q, expected float32 or float16", o.dtype)
	}
	if err := features.CheckFormats(o.formats); err != nil {
		return cli.Usagef("--format: %w", err)
	}
	if err := o.checkImages(); err != nil {
		return err
	}
	if err := o.openNetwork(args[0]); err != nil {
		return err
	}
	return o.model().Check()
}

func (o *embedding) run(ctx context.Context, stdout, stderr io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(stderr, o.flags.Name()+": "+format+"\n", args...) }
	device, note, err := device.Open(o.device, o.flags.Changed("device"), o.threads)
	if err != nil {
		return err
	}
	if note != "" {
		say("%s", note)
	}
	ds, err := o.images(ctx, stderr)
	if err != nil {
		return err
	}
	o.note(stderr)
	err = torch.Do(func() error {
		e, err := o.embedder(device)
		if err != nil {
			return err
		}
		info, err := o.describe(ds, e)
		if err != nil {
			return err
		}
		return o.fill(ctx, ds, e, info, say, stderr)
	})
	o.damage.Say(say)
	if err != nil {
		return err
	}
	if o.source.ours != nil && o.part == "train" && o.trainedOn(ds) == nil {
		say("rows are those of the run's %s and %s", run.SamplesFile, run.HistoryFile)
	}
	return o.export(ctx, stdout, stderr)
}

// images opens the part of the data.
func (o *embedding) images(ctx context.Context, stderr io.Writer) (dataset.Dataset, error) {
	p, err := o.openPlace(ctx, "", stderr)
	if err != nil {
		return nil, err
	}
	ds := map[string]dataset.Dataset{"train": p.Train, "probe": p.Probe, "test": p.Test}[o.part]
	if ds == nil || ds.Len() == 0 {
		return nil, fmt.Errorf("%s has no %s images: --part chooses others", quote.Name(o.Data), o.part)
	}
	return ds, nil
}

// embedder builds the network with the weights of the file.
func (o *embedding) embedder(d torch.Device) (*eval.Embedder, error) {
	encoder, net, err := o.untrainedNet(d)
	if err != nil {
		return nil, err
	}
	if encoder, err = o.trainedNet(encoder, net, d); err != nil {
		return nil, err
	}
	e := &eval.Embedder{Net: encoder.Net, Layers: o.layers, Normalize: o.normalize, DType: torch.Float32}
	if o.dtype == "float16" {
		e.DType = torch.Float16
	}
	if p, ok := net.(model.Projected); ok && o.source.ours != nil {
		e.Network = p
	}
	e.Size, e.Resize, e.Filter = o.Size, o.resize, augment.Filter(slices.Index(interpolations, o.interpolation))
	e.Batch, e.Workers, e.Device = o.batch, o.workers, d
	return e, nil
}

// describe is what features.json says.
func (o *embedding) describe(ds dataset.Dataset, e *eval.Embedder) (features.Info, error) {
	widths, err := e.Widths()
	if err != nil {
		return features.Info{}, cli.Usagef("--layers: %w", err)
	}
	hash, err := hashFiles(o.source.files())
	if err != nil {
		return features.Info{}, err
	}
	counts, unlabelled := dataset.Counts(ds)
	info := features.Info{
		Program: version.Commit(), Samples: ds.Len(), DType: o.dtype, Normalize: o.normalize,
		Labelled: ds.Len() - unlabelled, Classes: ds.Classes(), Checkpoint: o.source.path, SHA256: hash, Epoch: o.source.epoch,
		Data: o.Data, Part: o.part, Fingerprint: dataset.Fingerprint(ds), Size: o.Size, Resize: o.resize, Filter: o.interpolation,
		Network: fmt.Sprintf("%s, width %d, %s stem", o.Arch, o.Width, o.Stem),
	}
	if info.Chosen, err = o.chosen(); err != nil {
		return features.Info{}, err
	}
	if o.source.others != nil {
		info.Mean, info.Std = o.mean, o.std
	}
	if len(counts) == 0 {
		info.Classes = []string{}
	}
	for i, l := range o.layers {
		info.Layers = append(info.Layers, features.Layer{Name: l, Width: widths[i]})
	}
	return info, nil
}

// chosen is what chooses the images, nil if nothing does.
func (o *embedding) chosen() (*features.Chosen, error) {
	c := features.Chosen{TrainSplit: o.Split, TestList: o.TestList, Holdout: o.holdout, Unlabelled: o.unlabelled}
	if o.maxPixels != rgb.MaxPixels {
		c.MaxPixels = o.maxPixels
	}
	for _, list := range []*string{&c.TrainSplit, &c.TestList} {
		if *list == "" {
			continue
		}
		abs, err := filepath.Abs(*list)
		if err != nil {
			return nil, err
		}
		*list = abs
	}
	if c == (features.Chosen{}) {
		return nil, nil
	}
	return &c, nil
}

// fill computes what is not in the folder yet.
func (o *embedding) fill(ctx context.Context, ds dataset.Dataset, e *eval.Embedder, info features.Info, say func(string, ...any), stderr io.Writer) error {
	w, err := features.Create(o.out, info, func(row int) features.Sample {
		s := features.Sample{Name: ds.Name(row), Label: ds.Label(row)}
		if s.Label >= 0 {
			s.Class = ds.Classes()[s.Label]
		}
		return s
	}, o.force)
	if _, complete := errors.AsType[*features.CompleteError](err); complete {
		say("%v; --force computes them again", err)
		return nil
	}
	if _, other := errors.AsType[*features.OtherError](err); other {
		return fmt.Errorf("%w\n(--force replaces them)", err)
	}
	if err != nil {
		return err
	}
	defer w.Close()
	done := w.Done() - w.Done()%o.batch // batches as without the interruption
	if done < w.Done() && w.Done() < ds.Len() {
		if err := w.Truncate(done); err != nil {
			return err
		}
	}
	if done = w.Done(); done > 0 {
		say("continuing at image %d of %d", done+1, ds.Len())
	}
	bar := cli.NewProgress(stderr, "features", ds.Len())
	defer bar.Clear()
	err = e.Run(ctx, ds, done, func(layers [][]byte) error {
		if err := w.Append(layers); err != nil {
			return err
		}
		bar.Set(w.Done(), "")
		return nil
	})
	if err != nil {
		return err
	}
	return w.Finish()
}

// export writes the other formats, and the names of all files to stdout.
func (o *embedding) export(ctx context.Context, stdout, stderr io.Writer) error {
	t, err := features.Open(o.out)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, l := range t.Layers {
		fmt.Fprintf(stdout, "%s: %d x %d, %s\n", quote.Name(filepath.Join(o.out, l.Name+".npy")), t.Info.Samples, l.Width, t.Info.DType)
	}
	for _, f := range o.formats {
		bar := cli.NewProgress(stderr, f, t.Info.Samples)
		path, err := t.Export(ctx, f, func(done, _ int) { bar.Set(done, "") })
		bar.Clear()
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, quote.Name(path))
	}
	_, err = fmt.Fprintln(stdout, quote.Name(filepath.Join(o.out, run.SamplesFile)))
	return err
}

// hashFiles is the SHA-256 of the files' contents, one after the other.
func hashFiles(paths []string) (string, error) {
	sum := sha256.New()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
