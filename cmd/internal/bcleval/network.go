package bcleval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// source is where weights come from: a checkpoint of ours, or the backbone in a file of
// another project whose naming scheme package ckpt knows.
type source struct {
	path  string
	epoch int // complete epochs; 0 if unknown
	kind  model.Kind

	ours   *checkpoint.Checkpoint // nil: not ours
	others *ckpt.Extracted
	file   io.Closer // of a foreign file's tensors
}

// missingError says that a network is not where it is said to be.
type missingError struct{ path, hint string }

func (e *missingError) Error() string {
	return fmt.Sprintf("%s does not exist: expected a run's folder or a file of weights (%s)", quote.Name(e.path), e.hint)
}

func (e *missingError) Unwrap() error { return fs.ErrNotExist }

// openSource opens a run directory or a file, which flags say how to read.
func openSource(path string, w *weights.Flags) (*source, error) {
	s := &source{path: path}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		hint := "bcl-train names the folder when it ends"
		if dir := filepath.Join("runs", path); isDir(dir) {
			hint = "did you mean " + run.ShellLine(dir) + "?"
		}
		return nil, &missingError{path, hint}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		// Without it, it is a folder of another project (package ckpt).
		if ours := run.File(path, run.CheckpointFile); exists(ours) {
			s.path = ours
		}
	}
	in, err := w.Open(s.path)
	if err != nil {
		return nil, err
	}
	if slices.Contains(in.Beside, "bcl") {
		in.Close()
		if s.ours, err = checkpoint.Load(s.path); err != nil {
			return nil, err
		}
		s.epoch, s.kind = s.ours.Epoch, s.ours.Kind()
		return s, nil
	}
	if s.others, err = in.Backbone(ckpt.BackboneOptions{}); err != nil {
		in.Close()
		return nil, err
	}
	if _, _, err := s.others.Sound(); err != nil {
		in.Close()
		return nil, fmt.Errorf("%s: %w", quote.Name(s.path), err)
	}
	s.file, s.kind, s.epoch = in, model.KindOf(ckpt.Names(in.State)), in.Epoch()
	return s, nil
}

// files lists the files of the source.
func (s *source) files() []string {
	if in, ok := s.file.(*weights.Input); ok {
		return in.Files()
	}
	return []string{s.path}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Close closes the file; a nil source has none.
func (s *source) Close() {
	if s != nil && s.file != nil {
		s.file.Close()
	}
}

// derive finds the architecture from the weights if the file has no settings. A flag that
// contradicts it is an error.
func (o *options) derive() error {
	a := o.source.others.Arch
	c, err := pretrained.Config(a)
	if err != nil {
		return fmt.Errorf("%s: %w", o.source.path, err)
	}
	for _, s := range []struct{ flag, value string }{{"model", c.Arch}, {"stem", string(c.Stem)}, {"width", strconv.Itoa(c.Width)}} {
		f := o.flags.Lookup(s.flag)
		if f.Changed && f.Value.String() != s.value {
			return cli.Usagef("--%s is %s, but %s holds %v", s.flag, f.Value, o.source.path, a)
		}
		if err := f.Value.Set(s.value); err != nil {
			return err
		}
	}
	return nil
}

// note reports what a user should know of a foreign file.
func (o *options) note(stderr io.Writer) {
	b := o.source.others
	if b == nil {
		return
	}
	fmt.Fprintf(stderr, "%s: %s: %v, names of %s%s\n", name, quote.Name(o.source.path), b.Arch, b.Report.From, b.Report.Below())
	if zeros := weights.Zeros(o.source.path, b); zeros != "" {
		fmt.Fprintf(stderr, "%s: %s\n", name, zeros)
	}
	for _, n := range b.Report.Notes {
		fmt.Fprintf(stderr, "%s: note: %s\n", name, quote.Text(n))
	}
	if len(b.Normalize) == 0 {
		fmt.Fprintf(stderr, "%s: the file has no mean and std of the input: using %v and %v (--mean, --std)\n", name, o.mean, o.std)
	}
}

// untrainedNet builds the network with its initial weights, as training would.
func (o *options) untrainedNet(d torch.Device) (eval.Encoder, model.Network, error) {
	if err := torch.ManualSeed(o.Seed); err != nil {
		return eval.Encoder{}, nil, err
	}
	build := func() model.Network { return o.source.kind.New(o.model()) }
	net := build()
	toDevice(net, d)
	return eval.Encoder{Net: net.Encoder(), New: func() model.Encoder { return build().Encoder() }}, net, nil
}

// trainedNet returns the network with the file's weights; net is ours untrained.
func (o *options) trainedNet(e eval.Encoder, net model.Network, d torch.Device) (eval.Encoder, error) {
	if o.source.ours != nil {
		return e, o.source.ours.LoadWeights(net)
	}
	n := pretrained.Normalize{Mean: [3]float32(o.mean), Std: [3]float32(o.std)}
	resnet, err := pretrained.Load(o.source.others, n)
	if err != nil {
		return e, fmt.Errorf("%s: %w", o.source.path, err)
	}
	toDevice(resnet, d)
	return eval.Encoder{Net: resnet, New: func() model.Encoder { return model.NewResNet(o.model()) }}, nil
}

func toDevice(net nn.Module, d torch.Device) {
	nn.To(net, d)
	nn.ToChannelsLast(net)
}
