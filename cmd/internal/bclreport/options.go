package bclreport

import (
	"context"
	"io"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

type options struct {
	flags *pflag.FlagSet

	out        string
	force      bool
	folderOnly bool
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name)}
	f := o.flags
	f.StringVar(&o.out, "out", "", "`FILE` of the page; by default report.html in the folder of the run, or here for several")
	f.BoolVar(&o.force, "force", false, "replace the file of --out if it exists")
	f.BoolVar(&o.folderOnly, "folder-only", false, "show only what the run folder has, without images and network")
	f.BoolP("help", "h", false, "show this help")
	return o
}

func (o *options) check() error {
	if n := o.flags.NArg(); n == 0 || n > report.MaxRuns {
		return cli.Usagef("%d arguments, expected 1 to %d run folders", n, report.MaxRuns)
	}
	return nil
}

func (o *options) read(ctx context.Context, dir string, say func(format string, args ...any), stderr io.Writer) (*report.Run, error) {
	return report.Read(dir, nil)
}
