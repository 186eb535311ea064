package bclreport

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

type options struct {
	flags *pflag.FlagSet

	out        string
	force      bool
	folderOnly bool
	data       string
	points     int
	projector  string
	device     string
	opened     torch.Device
	threads    int
	workers    int
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name)}
	f := o.flags
	f.StringVar(&o.out, "out", "", "`FILE` of the page; by default report.html in the folder of the run, or here for several")
	f.BoolVar(&o.force, "force", false, "replace the file of --out if it exists")
	f.BoolVar(&o.folderOnly, "folder-only", false, "show only what the run folder has, without images and network")
	f.StringVar(&o.data, "data", "", "`PLACE` of the images, if it is not that of the run any more")
	f.IntVar(&o.points, "points", report.MaxPoints, "training images to map, of all runs together")
	f.StringVar(&o.projector, "projector", "", "also write the features for TensorBoard's projector into `DIR`, of one run")
	f.StringVar(&o.device, "device", device.Auto, "cpu, cuda, cuda:N, or auto (a GPU if available)")
	f.IntVar(&o.threads, "threads", 0, "CPU threads of the network; 0: one per core")
	f.IntVar(&o.workers, "num-workers", runtime.NumCPU(), "goroutines that load images")
	f.BoolP("help", "h", false, "show this help")
	return o
}

func (o *options) check() error {
	n := o.flags.NArg()
	switch {
	case n == 0 || n > report.MaxRuns:
		return cli.Usagef("%d arguments, expected 1 to %d run folders", n, report.MaxRuns)
	case o.points < 3*n || o.points > report.MaxPoints:
		return cli.Usagef("--points is %d, expected %d to %d", o.points, 3*n, report.MaxPoints)
	case o.threads < 0 || o.workers < 1:
		return cli.Usagef("--threads is %d and --num-workers %d, expected at least 0 and 1", o.threads, o.workers)
	case o.projector != "" && (n > 1 || o.folderOnly):
		return cli.Usagef("--projector is for one run, with images and network")
	case o.folderOnly && (o.data != "" || o.flags.Changed("device")):
		return cli.Usagef("--data and --device do nothing with --folder-only")
	}
	return distinctFolders(o.flags.Args())
}

// distinctFolders returns an error of usage for a run that is given twice, whatever its path.
func distinctFolders(dirs []string) error {
	for i, dir := range dirs {
		for _, other := range dirs[:i] {
			same := filepath.Clean(dir) == filepath.Clean(other)
			a, errA := os.Stat(dir)
			if b, errB := os.Stat(other); errA == nil && errB == nil {
				same = os.SameFile(a, b)
			}
			if same {
				return cli.Usagef("%s and %s are one run, which is compared with nothing: name each run once", quote.Name(other), quote.Name(dir))
			}
		}
	}
	return nil
}
