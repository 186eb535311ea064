package bcltrain

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

// backbone is the file of --init: a file of ours or of another project, or a run folder.
type backbone struct {
	*ckpt.Extracted
	in *weights.Input
}

func openBackbone(path string) (b backbone, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() && run.HasCheckpoint(path) {
		path = run.File(path, run.CheckpointFile)
	}
	if b.in, err = (&weights.Flags{}).Open(path); err == nil {
		if b.Extracted, err = b.in.Backbone(ckpt.BackboneOptions{}); err != nil {
			b.in.Close()
		}
	}
	if err != nil {
		return b, fmt.Errorf("--init: %w\n(bcl-ckpt extract-backbone has --key, --strip, --map and --skip-unknown; --init reads what it writes)", err)
	}
	return b, nil
}

// findNetwork sets model, stem and width as the file of --init has them. A flag that says
// otherwise is an error. A run that is resumed has them in its own settings.
func (o *options) findNetwork() error {
	if o.init == "" || o.origins["init"] == byRun {
		return nil
	}
	b, err := openBackbone(o.init)
	if err != nil {
		return err
	}
	defer b.in.Close()
	c, err := pretrained.Config(b.Arch)
	if err != nil {
		return fmt.Errorf("--init: %s: %w", quote.Name(o.init), err)
	}
	for _, s := range []struct{ flag, value string }{{"model", c.Arch}, {"stem", string(c.Stem)}, {"width", strconv.Itoa(c.Width)}} {
		f := o.flags.Lookup(s.flag)
		if f.Changed && f.Value.String() != s.value {
			return cli.Usagef("--%s is %s, but %s, of --init, holds %v", s.flag, f.Value, quote.Name(o.init), b.Arch)
		}
		if err := f.Value.Set(s.value); err != nil {
			return err
		}
	}
	return nil
}

// hintInit adds to an error of resuming from a file that it holds a backbone to begin with.
func (o *options) hintInit(err error) error {
	path := o.from().From
	if err == nil || path == "" || !strings.HasPrefix(err.Error(), "cannot resume") { // it was, and failed later
		return err
	}
	if info, statErr := os.Stat(path); statErr != nil || info.IsDir() {
		return err
	}
	b, not := openBackbone(path)
	if not != nil {
		return err
	}
	defer b.in.Close()
	if slices.Contains(b.in.Beside, "bcl") {
		return err
	}
	return fmt.Errorf("%w\n(--init %s instead of --resume begins with its weights: %v)", err, run.ShellLine(path), b.Arch)
}

func addFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, f)
	return err
}

// begin gives the network the weights of --init, says which, and records the file in the
// run's environment.
func (o *options) begin(net model.Network, e *run.Environment) error {
	b, err := openBackbone(o.init)
	if err != nil {
		return err
	}
	defer b.in.Close()
	if err := pretrained.Begin(net, o.model, b.Extracted); err != nil {
		return fmt.Errorf("--init: %s: %w", quote.Name(b.in.Path), err)
	}
	sum := sha256.New()
	for _, path := range b.in.Files() {
		if err := addFile(sum, path); err != nil {
			return err
		}
	}
	e.Init = run.Init{Path: o.init, SHA256: fmt.Sprintf("%x", sum.Sum(nil))}
	left := ""
	if n := len(b.Report.Dropped); n > 0 {
		var names []string
		for _, d := range b.Report.Dropped[:min(n, 4)] {
			names = append(names, quote.Name(d.Name))
		}
		if left = ", left out: " + strings.Join(names, ", "); n > len(names) {
			left += fmt.Sprintf(" and %d more", n-len(names))
		}
	}
	o.theirs.Remark("the backbone begins with the weights of %s: %v, names of %s%s, %d tensors%s; the projector is fresh",
		quote.Name(b.in.Path), b.Arch, b.Report.From, b.Report.Below(), len(b.Tensors)+len(b.Normalize), left)
	if len(b.Normalize) == 0 && len(b.Report.Notes) == 0 {
		o.theirs.Remark("that file has no mean and standard deviation of its input: using ImageNet's")
	}
	for _, note := range b.Report.Notes {
		o.theirs.Remark("%s", note)
	}
	return nil
}
