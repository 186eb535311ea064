package bclrepro

import (
	"context"
	"io"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const name = "bcl-repro"

const usage = `Usage: bcl-repro PRESET [flags]
       bcl-repro --list

Trains and evaluates methods x splits x seeds of an experiment and prints the table
next to the published numbers. Finished units are skipped, interrupted ones resumed:
repeating the command completes the work. PRESET is a name that --list shows or a file
FILE.yaml of your own (docs/repro.md).

  bcl-repro small --data ~/cifar10 --dry-run       the plan and its state
  bcl-repro small --data ~/cifar10 --jobs 2
  bcl-repro cifar100-lt --data ~/cifar-100-python --splits ~/BCL/split \
      --devices cuda:0,cuda:1
  bcl-repro cifar100-lt --data ... --splits ... --slurm > job.sh
  bcl-repro small --data ~/cifar10 --table         the table so far`

// Main runs bcl-repro with the arguments after the program's name and returns its
// exit code. Table, plan and scripts go to stdout, progress and messages to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	o := newOptions()
	if code := cli.Parse(o.flags, args, usage, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(name, "waiting for the runs under way, which save and end", stderr, func(ctx context.Context) error {
		if o.list {
			return list(stdout)
		}
		if err := o.resolve(); err != nil {
			return err
		}
		return o.run(ctx, stdout, stderr)
	})
}
