package bcltrain

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

// findNetwork sets model, stem and width as the file of --init has them. A flag that says
// otherwise is an error. A run that is resumed has them in its own settings, and what the
// file was is in its weights: it need not be there any more.
func (o *options) findNetwork() error {
	if o.init == "" || o.origins["init"] == byRun {
		return nil
	}
	if before := o.resumed(); before != nil {
		for _, name := range []string{"model", "stem", "width"} {
			if f := o.flags.Lookup(name); !f.Changed && before.Get(name) != "" {
				if err := f.Value.Set(before.Get(name)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	b, err := weights.OpenBackbone(o.init)
	if err != nil {
		return fmt.Errorf("--init: %w", err)
	}
	defer b.Close()
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
	if _, not := errors.AsType[*session.ResumeError](err); !not || path == "" { // it was, and failed later
		return err
	}
	if info, statErr := os.Stat(path); statErr != nil || info.IsDir() {
		return err
	}
	b, not := weights.OpenBackbone(path)
	if not != nil {
		return err
	}
	defer b.Close()
	if slices.Contains(b.Beside, "bcl") {
		return err
	}
	return fmt.Errorf("%w\n(--init %s instead of --resume begins with its weights: %v)", err, run.ShellLine(path), b.Arch)
}

// begin gives the network the weights of --init, says which, and records the file in the
// run's environment.
func (o *options) begin(net model.Network, e *run.Environment) error {
	b, err := weights.OpenBackbone(o.init)
	if err != nil {
		return fmt.Errorf("--init: %w", err)
	}
	defer b.Close()
	if err := pretrained.Begin(net, o.model, b.Extracted); err != nil {
		return fmt.Errorf("--init: %s: %w", quote.Name(b.Path), err)
	}
	e.Init.Path = o.init
	if e.Init.SHA256, err = b.SHA256(); err != nil {
		return err
	}
	if zeros := weights.Zeros(b.Path, b.Extracted); zeros != "" {
		o.theirs.Remark("%s", zeros)
	}
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
		quote.Name(b.Path), b.Arch, b.Report.From, b.Report.Below(), len(b.Tensors)+len(b.Normalize), left)
	if len(b.Normalize) == 0 && len(b.Report.Notes) == 0 {
		o.theirs.Remark("that file has no mean and standard deviation of its input: using %s and %s (--mean, --std)", o.mean, o.std)
	}
	for _, note := range b.Report.Notes {
		o.theirs.Remark("%s", note)
	}
	return nil
}
