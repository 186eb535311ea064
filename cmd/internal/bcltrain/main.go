package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const name = "bcl-train"

const usage = `Usage: bcl-train NAME --data PLACE [flags]

Trains a network on images without using labels, and writes it with its log and
metrics to the run directory SAVE_DIR/NAME. The defaults are the published recipe
for CIFAR-100-LT. What makes the images long-tailed is the list that --train-split
names; without one, all training images are used.

  bcl-train demo --data embedded --model resnet10 --width 16 --epochs 20
  bcl-train cifar --data ~/cifar-100-python --train-split split1_D_i.npy
  bcl-train photos --data ~/photos --stem imagenet --model resnet50

PLACE is "embedded", a folder with CIFAR-10 or CIFAR-100 in binary or Python form,
or a folder of images with or without class sub-folders. "bcl-data
inspect PLACE" shows what is there. Ctrl-C saves and ends; --resume continues.

Command lines of the authors' train.py run as they are, and those of their
train_sdclr.py after --method sdclr:

  bcl-train BCL_I --bcl --rand_k 1 --lr 0.5 --epochs 2000 --weight_decay 5e-4 \
      --data_folder DIR \
      --trainSplit cifar100_imbSub_with_subsets/cifar100_split1_D_i.npy`

// Main runs bcl-train with the arguments after the program's name and returns its exit
// code. The path of the checkpoint goes to stdout, everything else to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	o := newOptions()
	o.theirs = authors.NewTrain(args)
	if code := cli.Parse(o.flags, o.theirs.Args, usage, stdout, stderr); code >= 0 {
		return code
	}
	if code := o.findPlace(args, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(o.program(), "finishing the step and saving", stderr, func(ctx context.Context) error {
		if err := o.resolve(); err != nil {
			return err
		}
		err := o.runAlongside(ctx, stdout, stderr)
		if kept, ok := errors.AsType[*run.KeptError](err); ok {
			return fmt.Errorf("run directory %s has no %s; --resume=%s resumes from the kept checkpoint", kept.Path, run.CheckpointFile, kept.Checkpoint())
		}
		return o.hintImages(o.hintInit(err))
	})
}
