// Package bclreport is the command bcl-report: the page of package report, with images and
// features.
package bclreport

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
)

const name = "bcl-report"

const usage = `Usage: bcl-report RUN... [flags]

Makes a page that shows a run, or several side by side: RUN/report.html, or
report.html for several. It is one file that loads nothing. With the images and
the checkpoint it has galleries of the most and least boosted images with their
views, a map of the features, neighbours, likely duplicates and outliers.

  bcl-report runs/demo
  bcl-report runs/bcl-i runs/simclr --out compare.html
  bcl-report runs/demo --folder-only      without images and network: seconds`

// Main runs bcl-report with the arguments after the program's name and returns its exit
// code. The path of the page goes to stdout, progress and messages to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	o := newOptions()
	if code := cli.Parse(o.flags, args, usage, stdout, stderr); code >= 0 {
		return code
	}
	return cli.Run(name, "ending without a page", stderr, func(ctx context.Context) error {
		if err := o.check(); err != nil {
			return err
		}
		return o.run(ctx, stdout, stderr)
	})
}

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	if err := o.place(); err != nil {
		return err
	}
	say := func(format string, args ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", args...) }
	if !o.folderOnly { // a device that was asked for and is not there is an error, not a page without features
		var note string
		var err error
		if o.opened, note, err = device.Open(o.device, o.flags.Changed("device"), o.threads); err != nil {
			return err
		}
		if note != "" {
			say("%s", note)
		}
	}
	var runs []*report.Run
	for _, dir := range o.flags.Args() {
		r, err := o.read(ctx, dir, say, stderr)
		if err != nil {
			return err
		}
		runs = append(runs, r)
	}
	distinct(runs)
	if err := report.WriteFile(o.out, runs...); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, o.out)
	return err
}

// place finds where the page is written. That of one run is a file of the run, which is
// replaced; any other is not without --force.
func (o *options) place() error {
	dirs := o.flags.Args()
	switch {
	case o.out == "" && len(dirs) == 1:
		o.out = run.File(dirs[0], run.ReportFile)
		return nil
	case o.out == "":
		o.out = run.ReportFile
	}
	return cli.CheckOut(o.out, o.force)
}

// distinct gives runs of one name that of their folder too.
func distinct(runs []*report.Run) {
	count := map[string]int{}
	for _, r := range runs {
		count[r.Name]++
	}
	for _, r := range runs {
		if count[r.Name] > 1 {
			r.Name = quote.Name(filepath.Clean(r.Dir()))
		}
	}
}
