package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/machine"
	"github.com/bcl-go/bcl/torch"
)

// How long a dry run measures: at least so many steps, at most so long or so many.
const (
	leastSteps = 3
	mostSteps  = 50
	longest    = 10 * time.Second
)

// rehearsal is what a dry run found.
type rehearsal struct {
	images, classes int // 0 classes: no labels
	largest, rarest int
	batch, views    int // --batch-size; samples of a step
	batches, epochs int
	boosted         bool
	steps           []train.Step // measured
	memory, limit   int64        // bytes; 0: unknown
	where           string       // whose memory
	workers         int
	chunks          []int // bounds of those of a step; nil: it passes at once
	chunkBN         string
}

// rehearse takes a few steps of the run, writes what it would take, and leaves nothing.
func (o *options) rehearse(ctx context.Context, t *train.Trainer, ds dataset.Dataset, device torch.Device, stdout io.Writer) error {
	r := rehearsal{images: ds.Len(), batch: o.config.Batch, views: min(o.config.Batch, ds.Len()), batches: t.Batches(), epochs: o.config.Epochs,
		boosted: o.config.Method.Boosted(), workers: o.config.Workers}
	if o.config.Chunk > 0 && o.config.Chunk < r.views {
		r.chunks, r.chunkBN = sampler.Cut(r.views, o.config.Chunk), o.config.ChunkBN
	}
	if counts, _ := dataset.Counts(ds); len(counts) > 0 {
		r.classes, r.largest, r.rarest = len(counts), slices.Max(counts), slices.Min(counts)
	}
	short, stop := context.WithCancel(ctx)
	defer stop()
	began := time.Now()
	t.Progress = func(s train.Step) {
		r.steps = append(r.steps, s)
		if n := len(r.steps); n >= mostSteps || n >= leastSteps && time.Since(began) > longest {
			stop()
		}
	}
	for len(r.steps) < leastSteps && !t.Done() && short.Err() == nil {
		if _, err := t.RunEpoch(short); err != nil && !(errors.Is(err, context.Canceled) && ctx.Err() == nil) {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.memory, r.limit, r.where = peak(), machine.Memory(), "of the machine's"
	if device.IsCUDA() {
		stats, err := device.Memory()
		if err != nil {
			return err
		}
		r.memory, r.limit, r.where = stats.Peak, 0, "of the GPU's"
	}
	for _, remark := range o.theirs.Remarks {
		fmt.Fprintf(stdout, "note: %s\n", remark)
	}
	fmt.Fprintf(stdout, "%s: %s with %s of width %d on %s; nothing was written\n", o.name, o.config.Method, o.model.Arch, o.model.Width, quote.Name(o.data))
	_, err := io.WriteString(stdout, r.String())
	return err
}

// peak is the most memory that this process has had; 0 if unknown.
func peak() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// String is what is found, in lines. It is pure.
func (r rehearsal) String() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("data:    %d images", r.images)
	if r.classes > 0 {
		say("classes: %d, of %d to %d images", r.classes, r.largest, r.rarest)
	} else {
		say("classes: none known, and none needed to train")
	}
	total := r.batches * r.epochs
	say("steps:   %d epochs of %d steps of %d samples: %d steps", r.epochs, r.batches, r.views, total)
	if n := len(r.chunks) - 1; n > 0 {
		say("chunks:  each step in %d of at most %d samples, batch normalisation by the statistics of the %s", n, r.chunks[n]-r.chunks[n-1], r.chunkBN)
	}
	var took []time.Duration
	for _, s := range r.steps {
		took = append(took, s.Took)
	}
	step := cli.Typical(took)
	waited, all := time.Duration(0), time.Duration(0)
	for _, s := range r.steps[min(1, max(0, len(r.steps)-1)):] { // the first prepares
		waited, all = waited+s.Waited, all+s.Took
	}
	say("time:    %v a step, of %d measured: %v in total", step.Round(time.Millisecond/10), len(r.steps), (step * time.Duration(total)).Round(time.Second))
	if r.memory > 0 {
		say("memory:  %.2f GiB %s", float64(r.memory)/(1<<30), r.where)
	}
	if r.boosted {
		say("note: later epochs take a little longer: the first has no boosted augmentation yet")
	}
	if all > 0 && waited > all/4 {
		say("note: %d %% of the time is waiting for views: --num-workers is %d", 100*waited/all, r.workers)
	}
	if r.batch > r.images {
		say("note: --batch-size %d is larger than the set: each epoch is one step of all %d images", r.batch, r.images)
	} else if r.batches < 5 {
		say("note: %d steps an epoch are few: a smaller --batch-size or more --epochs learn more", r.batches)
	}
	if r.views < 64 {
		say("note: %d samples a step are few to compare with: 256 is a usual least", r.views)
	}
	if r.limit > 0 && r.memory > r.limit*8/10 {
		say("note: that is more than four fifths of what may be used, %.2f GiB: a smaller --batch-size or --chunk needs less", float64(r.limit)/(1<<30))
	}
	return b.String()
}
