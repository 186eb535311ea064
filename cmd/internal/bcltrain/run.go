package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/cmd/internal/launch"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// gracePeriod is how long the current step may take after a signal.
var gracePeriod = 1500 * time.Millisecond

// saveGap is the least time between checkpoints of a run on a GPU: an epoch of CIFAR-100-LT
// takes a quarter of a second there, and writing a checkpoint as long. It is no setting: all
// that it changes is how much a process that is killed loses.
const saveGap = 10 * time.Second

// run trains from the start or from a checkpoint.
func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	c, err := o.session(stderr)
	if err != nil {
		return err
	}
	start, err := o.find(ctx, &c)
	if err != nil {
		return err
	}
	threads, err := o.threadsFor(start)
	if err != nil {
		return err
	}
	if err := o.checkRanks(start); err != nil {
		return err
	}
	wanted, err := o.deviceFor(start)
	if err != nil {
		return err
	}
	device, note, err := device.Open(wanted, o.flags.Changed("device"), threads)
	if err != nil && wanted != o.device {
		return fmt.Errorf("%w\n(the run was trained on it until now; --device cpu --allow-change device resumes on the CPU, which rounds in other ways)", err)
	}
	if err != nil {
		return err
	}
	if note != "" {
		o.theirs.Remark("%s", note)
	}
	if err := o.theirs.Provide(ctx, o.data, name, stderr); err != nil {
		return err
	}
	ds, err := o.open(ctx, stderr)
	if err != nil {
		return err
	}
	if o.config.ClassSizes, err = o.classSizes(ds); err != nil {
		return err
	}
	if err := o.checkDecoder(start, ds); err != nil {
		return err
	}
	if err := o.sameAsRank0(ctx, ds); err != nil {
		return err
	}
	if c.Evaluate, err = o.monitor.prepare(ctx, o, ds, device, stderr); err != nil {
		return err
	}
	c.EvaluateEvery = o.monitor.freq
	if device.IsCUDA() {
		c.SaveGap = saveGap
	}
	c.Data = run.Data{Fingerprint: dataset.Fingerprint(ds), Samples: ds.Len()}
	c.Samples = func(row int) (name, class string) {
		if label := ds.Label(row); label >= 0 {
			class = ds.Classes()[label]
		}
		return ds.Name(row), class
	}
	before, err := start.Environment()
	if err != nil {
		return err
	}
	if c.Environment, err = session.Environment(device); err != nil {
		return err
	}
	c.Environment.Init = before.Init
	if o.place.World > 1 {
		c.Environment.Ranks = o.place.World
	}
	if c.Group != nil {
		if err := c.Group.UseDevice(device); err != nil {
			return err
		}
	}
	page, err := o.listen()
	if err != nil {
		return err
	}
	defer page.Close()
	bar := &terminal{stderr: stderr, resume: o.resumeLine()}
	defer bar.clear()
	c.Observers = append([]session.Observer{bar, &authorsLog{every: o.printFreq}}, o.observers(ds, page)...)
	return torch.Do(func() error {
		config := o.config
		config.Workers = o.workers()
		t, err := train.New(config, o.model, views.Images(ds, o.pipeline, o.config.Seed), device)
		if err != nil {
			return err
		}
		if o.init != "" && start.Scratch() {
			if err := o.begin(t.Net, &c.Environment); err != nil {
				return err
			}
		}
		if o.dryRun {
			return o.rehearse(ctx, t, ds, device, stdout)
		}
		if o.follows() {
			return session.Follow(ctx, c, t)
		}
		s, err := session.Open(c, start, t)
		if complete, ok := errors.AsType[*session.CompleteError](err); ok {
			fmt.Fprintf(stderr, "%s: complete: nothing is left to do\n", o.name)
			_, err = fmt.Fprintln(stdout, complete.Checkpoint)
			return err
		}
		if err != nil {
			return err
		}
		defer s.Close()
		if err := o.announce(s, ds, device); err != nil {
			return err
		}
		if err := s.Run(ctx); err != nil {
			return err
		}
		bar.clear()
		if cli.IsTerminal(stdout) && cli.IsTerminal(stderr) { // which has shown it
			return nil
		}
		_, err = fmt.Fprintln(stdout, s.File(run.CheckpointFile))
		return err
	})
}

// resumeLine is a command that resumes the run with its own settings.
func (o *options) resumeLine() string {
	args := []string{name, o.name, "--resume"}
	if o.saveDir != "runs" {
		args = append(args, "--save-dir", o.saveDir)
	}
	line := run.ShellLine(args...)
	switch {
	case o.place.World == 1:
		return line
	case launch.Child():
		return fmt.Sprintf("%s --nproc %d", line, o.place.LocalWorld)
	}
	return line + ", started as before (" + o.place.By + ")"
}

// session is what is known of the run before its data are read.
func (o *options) session(stderr io.Writer) (session.Config, error) {
	config, err := o.resolved()
	if err != nil {
		return session.Config{}, err
	}
	c := session.Config{
		Dir: o.dir(), Settings: config, Command: os.Args, Resume: o.from(),
		KeepLast: o.keepLast, KeepEvery: o.saveFreq, SaveEvery: time.Duration(o.saveMins * float64(time.Minute)),
		GracePeriod: gracePeriod, Group: o.config.Group,
		Exit: func(err error) {
			if o.config.Group != nil {
				o.config.Group.Fail(err)
			}
			os.Exit(cli.Exit(o.program(), err, stderr))
		},
		Compare: func(before []byte, sameImages, within bool) ([]string, error) {
			return o.compare(before, config, sameImages, within)
		},
	}
	return c, nil
}

// resolved is the text of config.yaml.
func (o *options) resolved() ([]byte, error) {
	return cli.Resolved(o.flags, o.table.Names(func(s settings.Setting) bool { return s.Once })...)
}

// from is what --resume names.
func (o *options) from() session.Resume {
	if o.resume == training.Newest {
		return session.Resume{Newest: true}
	}
	return session.Resume{From: o.resume}
}

// compare returns the changed settings, and an error if one may not change.
func (o *options) compare(before, now []byte, sameImages, within bool) (changed []string, err error) {
	list, err := o.changes(before, now, sameImages, within)
	if err == nil {
		err = o.refuse(list)
	}
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		changed = append(changed, c.String())
	}
	return changed, nil
}

// precisionOn names the precision. cuDNN's convolutions of float32 are TF32 on GPUs that
// have it, by PyTorch's default.
func (o *options) precisionOn(d torch.Device) string {
	if major, _, err := d.Capability(); err == nil && major >= 8 && o.precision == "fp32" {
		return "fp32 (convolutions in TF32; --precision bf16 is faster)"
	}
	return o.precision
}

// announce logs what is trained on which images.
func (o *options) announce(s *session.Session, ds dataset.Dataset, device torch.Device) error {
	parameters := int64(0)
	for _, p := range nn.Parameters(s.Trainer.Net) {
		parameters += p.Numel()
	}
	var errs []error
	say := func(format string, args ...any) { errs = append(errs, s.Say(format, args...)) }
	for _, remark := range o.theirs.Remarks {
		say("%s", remark)
	}
	c := o.config
	say("%s: %s on %d images of %s, %d views per step", o.name, c.Method, ds.Len(), quote.Name(o.data), 2*min(c.Batch, ds.Len()))
	if n := o.place.World; n > 1 {
		say("%d processes take each step together (%s)", n, o.place.By)
	}
	say("%s, width %d, %s stem, %.2f M parameters, %dx%d views, %s, on %v", o.model.Arch, o.model.Width, o.model.Stem, float64(parameters)/1e6, o.size, o.size, o.precisionOn(device), device)
	if p := s.Trainer.Position; p.Step > 0 {
		say("resuming at epoch %d, batch %d of %d", p.Epoch, p.Batch+1, s.Trainer.Batches())
	}
	if line := classDistribution(ds); line != "" && o.printFreq > 0 {
		errs = append(errs, s.Notify(session.Message{Text: line, Plain: true}))
	}
	return errors.Join(errs...)
}
