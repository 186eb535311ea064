package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/cmd/internal/launch"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// findPlace sets which process of how many this is. If --nproc, or a scheduler that starts one
// process a machine, wants several here, they are started, and the exit code is not -1.
func (o *options) findPlace(args []string, stdout, stderr io.Writer) (code int) {
	var err error
	by := "--nproc"
	if o.nproc == 0 {
		o.place, err = rendezvous.Of(os.Getenv)
		if several, ok := errors.AsType[*rendezvous.ProcessesError](err); ok {
			o.nproc, by = several.PerNode, "PET_NPROC_PER_NODE"
		} else if err != nil {
			return cli.Exit(name, &cli.UsageError{Err: err}, stderr)
		}
	}
	if o.nproc == 0 {
		launch.Guard(func() { os.Exit(cli.Failure) })
		return -1
	}
	err = o.resolve() // once, not by each
	if err == nil {
		err = o.checkMany(by)
	}
	if err != nil {
		return cli.Exit(name, err, stderr)
	}
	if code, err = launch.Run(name, o.nproc, launch.Without(args, "--nproc"), stdout, stderr); err != nil {
		return cli.Exit(name, fmt.Errorf("%s: %w", by, err), stderr)
	}
	return code
}

// checkMany returns an error if --nproc, or who sets it, wants more processes than can share a
// step, or than this machine is for.
func (o *options) checkMany(by string) error {
	world, err := rendezvous.World(os.Getenv, o.nproc)
	if err != nil {
		return cli.Usagef("%s: %w", by, err)
	}
	if world > o.config.Batch {
		return cli.Usagef("%s %d makes %d processes in all, but a step has --batch-size %d images, and each process needs one", by, o.nproc, world, o.config.Batch)
	}
	gpus, err := o.gpus()
	if err != nil {
		return err
	}
	if strings.HasPrefix(o.device, "cuda:") && o.nproc > 1 {
		return cli.Usagef("--device %s is one GPU, and each of %d processes needs one of its own: --device cuda deals them", o.device, o.nproc)
	}
	if most, why := launch.Most(gpus); o.nproc > most {
		return cli.Usagef("%s is %d, expected at most %d: %s", by, o.nproc, most, why)
	}
	return nil
}

// gpus is how many GPUs the processes of this machine would share, 0 if they use the CPU.
func (o *options) gpus() (int, error) {
	d, err := device.Parse(o.device, o.flags.Changed("device"))
	if err != nil || !d.IsCUDA() {
		return 0, err
	}
	return torch.CUDADeviceCount()
}

// checkPlace returns an error if there are more processes than images in a step.
func (o *options) checkPlace() error {
	if n := o.place.World; n > o.config.Batch {
		return cli.Usagef("%s say %d processes, but a step has --batch-size %d images, and each process needs one", o.place.By, n, o.config.Batch)
	}
	return nil
}

// follows reports whether rank 0 is another process, which has the run folder.
func (o *options) follows() bool { return o.place.Rank > 0 }

// program is the name of this process in messages.
func (o *options) program() string {
	if !o.follows() {
		return name
	}
	return fmt.Sprintf("%s (rank %d)", name, o.place.Rank)
}

// runAlongside is run, by all processes together if there are several.
func (o *options) runAlongside(ctx context.Context, stdout, stderr io.Writer) error {
	if o.place.World == 1 {
		return o.run(ctx, stdout, stderr)
	}
	// libtorch is told of a GPU before it is used at all.
	if _, err := device.Parse(o.device, o.flags.Changed("device")); err != nil {
		return err
	}
	group, err := distributed.InitProcessGroup(ctx, o.place, distributed.Options{
		Timeout: seconds(o.groupTimeout), Join: seconds(o.joinTimeout),
		Waiting: func(text string) { fmt.Fprintf(stderr, "%s: %s\n", o.program(), text) },
	})
	if err != nil {
		return err
	}
	o.config.Group = group
	if o.follows() {
		stderr = io.Discard
	}
	ctx, stop := group.Context(ctx)
	defer stop()
	if err := o.run(ctx, stdout, stderr); err != nil {
		err = cli.Cause(ctx, err)
		group.Fail(err)
		return err
	}
	return group.Close()
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// find is where the run starts. Rank 0 tells the others.
func (o *options) find(ctx context.Context, c *session.Config) (start session.Start, err error) {
	g := c.Group
	switch {
	case g == nil:
		return session.Find(*c)
	case o.follows():
		return session.FindAlong(ctx, g)
	}
	if start, err = session.Find(*c); err == nil {
		err = start.Announce(g)
	}
	return start, err
}

// What rank 0 tells of itself.
const (
	settingsKey = "train/settings"
	dataKey     = "train/data"
)

// sameAsRank0 returns an error if this process has other settings or images than rank 0.
func (o *options) sameAsRank0(ctx context.Context, ds dataset.Dataset) error {
	g := o.config.Group
	if g == nil {
		return nil
	}
	settings, err := o.resolved()
	if err != nil {
		return err
	}
	if n := ds.Len(); n < o.place.World {
		return fmt.Errorf("%d processes, but %s has %d training images: each process needs one", o.place.World, quote.Name(o.data), n)
	}
	data := fmt.Sprintf("%d with the fingerprint %.16s", ds.Len(), dataset.Fingerprint(ds))
	if !o.follows() {
		return errors.Join(g.Set(settingsKey, string(settings)), g.Set(dataKey, data))
	}
	theirs, err := g.Await(ctx, settingsKey)
	if err != nil {
		return err
	}
	list, err := o.changes([]byte(theirs), settings, true, true)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !o.table.Lookup(c.Name).Place {
			return fmt.Errorf("--%s is %s here, but %s for rank 0: every process needs the same settings", c.Name, c.Now, c.Before)
		}
	}
	rank0, err := g.Await(ctx, dataKey)
	if err == nil && rank0 != data {
		err = fmt.Errorf("the images are not those of rank 0: %s here, %s there", data, rank0)
	}
	return err
}

// workers is how many goroutines make views here, where processes share the machine: views are
// the same for any number.
func (o *options) workers() int {
	if o.flags.Changed("num-workers") {
		return o.config.Workers
	}
	return max(1, o.config.Workers/o.place.LocalWorld)
}
