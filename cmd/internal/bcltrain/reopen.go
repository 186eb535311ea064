package bcltrain

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Reopened is what a run was trained with.
type Reopened struct {
	Images   dataset.Dataset // the training images, in the order of the run's samples
	Pipeline *augment.Pipeline
	Model    model.Config
	Size     int // side of a view
	Seed     uint64
}

// Reopen opens the images of a run as its config.yaml says, and the recipe of its views. data
// is where they are now; "" where they were. Other images than the run's are an error.
func Reopen(ctx context.Context, dir, data string, say func(format string, args ...any), stderr io.Writer) (*Reopened, error) {
	o := newOptions()
	path := run.File(dir, run.ConfigFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := cli.InheritAll(o.flags, text, "save-dir"); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if data != "" {
		o.data = data
	}
	for _, step := range []func() error{o.parseMethod, o.complete, o.makePipeline} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	ds, err := o.open(ctx, stderr)
	for _, remark := range o.theirs.Remarks {
		say("%s", remark)
	}
	if err != nil {
		return nil, err
	}
	e, err := run.ReadEnvironment(dir)
	if err != nil {
		return nil, err
	}
	if is := (run.Data{Fingerprint: dataset.Fingerprint(ds), Samples: ds.Len()}); is != e.Data {
		return nil, fmt.Errorf("the %d images of %s are not the %d that %s was trained on: --data says where those are now", is.Samples, o.data, e.Data.Samples, dir)
	}
	return &Reopened{Images: ds, Pipeline: o.pipeline, Model: o.model, Size: o.size, Seed: o.config.Seed}, nil
}
