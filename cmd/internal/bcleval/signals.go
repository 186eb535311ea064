package bcleval

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/imbalance"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

const signalsUsage = `Usage: bcl-eval signals RUN [flags]

Measures each training image in ways that may tell whether its kind is rare, and, where
there are labels, how well each of them does: AUC, 0.5 is chance. RUN is a run folder or a
file of weights, as for bcl-eval. What training has recorded is measured too, if RUN is
the run's folder: the last epoch, and the mean, change and spread over all epochs.
Without labels too it says whether the features form groups, and how uneven their
sizes are.

  bcl-eval signals runs/demo
  bcl-eval signals runs/demo --out signals    also the values of each image

DIR gets NAME.npy (float32, a number an image) of each signal, signals.csv (row, name,
class, signals) and signals.json.
`

// signalling is a run of bcl-eval signals.
type signalling struct {
	*options
	out string
}

func newSignalling() *signalling {
	o := &signalling{options: &options{flags: cli.NewFlags(name + " signals"), theirs: &authors.Eval{}}}
	f := o.flags
	o.placeFlags()
	f.BoolVar(&o.unlabelled, "unlabelled", false, "take all images of a folder at any depth, sub-folders are no classes; default: the run's")
	f.StringVar(&o.rule, "groups", string(score.Thirds), "Many, Medium, Few: thirds of the classes, or counts (above 100, 20 to 100, below 20 images)")
	f.StringVar(&o.out, "out", "", "also write the signals of each image to `DIR`")
	f.BoolVar(&o.json, "json", false, "write JSON instead of the table")
	f.BoolVar(&o.force, "force", false, "replace files in DIR")
	o.networkFlags()
	o.imageFlags()
	f.Uint64Var(&o.Seed, "seed", 10, "seed of random pruning; default: the run's")
	o.workFlags()
	f.BoolP("help", "h", false, "show this help")
	cli.Sections(f,
		cli.Section{Title: "Data", First: "data", Common: "data train-split"},
		cli.Section{Title: "Results", First: "groups", Common: "out json force"},
		cli.Section{Title: "Files that do not say what they hold", First: "key"},
		cli.Section{Title: "Images", First: "size", Common: "size"},
		cli.Section{Title: "Work", First: "seed", Common: "batch-size device"},
		cli.Section{Title: "Help", First: "help"},
	)
	return o
}

// signals runs bcl-eval signals.
func signals(args []string, stdout, stderr io.Writer) int {
	o := newSignalling()
	if code := cli.Parse(o.flags, args, signalsUsage, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(o.flags.Name(), "ending without results", stderr, func(ctx context.Context) error {
		defer func() { o.source.Close() }()
		if err := o.resolve(); err != nil {
			return err
		}
		return o.run(ctx, stdout, stderr)
	})
}

func (o *signalling) resolve() error {
	args := o.flags.Args()
	switch {
	case len(args) != 1:
		return cli.Usagef("%d arguments, expected one: a run directory or a checkpoint", len(args))
	case !slices.Contains(score.GroupRules(), score.GroupRule(o.rule)):
		return cli.Usagef("--groups is %q, expected %s or %s", o.rule, score.Thirds, score.CountLimits)
	}
	return cmp.Or(o.checkImages(), o.openNetwork(args[0]), o.model().Check())
}

func (o *signalling) run(ctx context.Context, stdout, stderr io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(stderr, o.flags.Name()+": "+format+"\n", args...) }
	if err := o.checkOut(); err != nil {
		return err
	}
	device, note, err := device.Open(o.device, o.flags.Changed("device"), o.threads)
	if err != nil {
		return err
	}
	if note != "" {
		say("%s", note)
	}
	p, err := o.openPlace(ctx, "", stderr)
	if err != nil {
		return err
	}
	ds := p.Train
	if ds.Len() < 2 {
		return fmt.Errorf("%s has %d training image(s), expected at least 2", o.Data, ds.Len())
	}
	o.note(stderr)
	r := &signalResults{Checkpoint: o.source.path, Epoch: o.source.epoch, Data: o.Data, Images: ds.Len(), ds: ds}
	if err := o.recorded(r, say); err != nil {
		return err
	}
	if err := o.pass(ctx, r, device, stderr); err != nil {
		return err
	}
	o.damage.Say(say)
	if err := r.discover(score.GroupRule(o.rule), say); err != nil {
		return err
	}
	if o.out != "" {
		if err := r.writeFiles(o.out); err != nil {
			return err
		}
	}
	if o.json {
		return r.writeJSON(stdout)
	}
	return r.writeTable(stdout)
}

// pass adds the signals that a pass through the network gives.
func (o *signalling) pass(ctx context.Context, r *signalResults, d torch.Device, stderr io.Writer) error {
	var bar *cli.Progress
	now := ""
	defer func() { bar.Clear() }()
	return torch.Do(func() error {
		encoder, net, err := o.untrainedNet(d)
		if err != nil {
			return err
		}
		if encoder, err = o.trainedNet(encoder, net, d); err != nil {
			return err
		}
		s := &eval.SetSignals{Net: encoder.Net}
		s.Size, s.Resize, s.Filter = o.Size, o.resize, augment.Filter(slices.Index(interpolations, o.interpolation))
		s.Batch, s.Workers, s.Device = o.batch, o.workers, d
		if p, ok := net.(model.Projected); ok && o.source.ours != nil {
			s.Network = p
		}
		if dual, ok := s.Network.(*model.SDCLR); ok {
			if err := o.prune(dual); err != nil {
				return err
			}
		}
		s.Progress = func(task string, done, total int) {
			if task != now {
				bar.Clear()
				bar, now = cli.NewProgress(stderr, task, total), task
			}
			bar.Set(done, "")
		}
		s.Some = imbalance.Sample(r.ds.Len())
		values, err := s.Measure(ctx, r.ds)
		if err != nil {
			return err
		}
		if r.Unlabelled, err = imbalance.Measure(s.Features, s.FeaturesWidth, 1); err != nil {
			fmt.Fprintf(stderr, "%s: groups of the features are not measured: %v\n", o.flags.Name(), err)
		}
		for _, of := range signal.All() {
			if v, ok := values[of.Name]; ok && of.OfSet != nil {
				r.add(string(of.Name), of.Title, of.Tail, "this pass", v)
			}
		}
		return nil
	})
}

// prune makes the masks that the next epoch of the run would have.
func (o *signalling) prune(net *model.SDCLR) error {
	list, err := settings.Parse([]byte(o.source.ours.Config()))
	if err != nil {
		return err
	}
	var p model.Pruning
	for name, to := range map[string]*float64{"prune-percent": &p.Share, "random-prune-percent": &p.Random} {
		if *to, err = strconv.ParseFloat(list.Get(name), 64); err != nil {
			return fmt.Errorf("%s: its setting %s is %q, which disagreement with the pruned branch needs", o.source.path, name, list.Get(name))
		}
	}
	return net.Prune(p, o.Seed, o.source.epoch+1)
}

// labelled reports whether all images of ds have labels.
func labelled(ds dataset.Dataset) bool {
	_, without := dataset.Counts(ds)
	return without == 0
}
