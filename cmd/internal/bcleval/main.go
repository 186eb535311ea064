// Package bcleval is the command bcl-eval: features of a frozen network, classifiers on
// them, and the table of their accuracies.
package bcleval

import (
	"context"
	"io"

	"github.com/bcl-go/bcl/cmd/internal/authors"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const name = "bcl-eval"

const usage = `Usage: bcl-eval RUN [flags]
       bcl-eval RUN OTHER... [flags]

Measures how good the features of a trained network are. RUN is a run directory
of bcl-train, a checkpoint file of ours or of the authors, or a ResNet backbone of
another project (see bcl-ckpt), whose architecture is found in the file. The
network is frozen; classifiers are fitted on the features of the probe set (by default
all labelled training images) and scored on its test set, over all classes and over
Many, Medium and Few: the thirds of the classes by their size in the training split.

  bcl-eval runs/demo                      settings and data of the run
  bcl-eval runs/demo --untrained --json   also the network before training
  bcl-eval model.pt --data ~/cifar-100-python --train-split split1_D_i.npy \
      --probe-list cifar100_trainIdxList.npy
  bcl-eval runs/net --protocol gh-imagenet --test-list ImageNet_LT_test.txt \
      --probe-list ImageNet_split1_test_100shot.txt    a paper's evaluation
  bcl-eval runs/demo --by ridge,lbfgs --shots full,100,50 --splits ~/splits
                                          mean and deviation over five subsets
  bcl-eval runs/simclr runs/bcl-i         which is better, or is it noise

Several are compared with the first: the settings in which they differ, then their
accuracies on its images and by its settings, and the differences with intervals.

Other commands, each with --help:
  bcl-eval embed RUN --out DIR            writes features, with image names
  bcl-eval anomaly NORMAL NEW             which new images are unlike normal ones
  bcl-eval signals RUN                    which signal of an image tells the tail`

// Main runs bcl-eval with the arguments after the program's name and returns its
// exit code. The table goes to stdout, progress and messages to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	return cli.Branch(evaluate, commands, args, stdout, stderr)
}

// evaluate is bcl-eval without a sub-command.
func evaluate(args []string, stdout, stderr io.Writer) int {
	o := newOptions()
	o.theirs = authors.NewEval(args)
	if code := cli.Parse(o.flags, o.theirs.Args, usage+"\n\n"+namedHelp(), stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(name, "ending without results", stderr, func(ctx context.Context) error {
		defer func() { o.source.Close() }()
		if err := o.resolve(); err != nil {
			return err
		}
		if o.flags.NArg() > 1 {
			return o.compare(ctx, stdout, stderr)
		}
		return o.run(ctx, stdout, stderr)
	})
}
