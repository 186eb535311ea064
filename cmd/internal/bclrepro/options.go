package bclrepro

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

type options struct {
	flags *pflag.FlagSet

	list               bool
	data               []string
	splits, out, bin   string
	only, methods      []string
	seeds              []uint
	jobs, threads      int
	nproc              int // processes that train a unit together
	devices            string
	dryRun, table      bool
	unit               int // -1: all
	slurm, kubernetes  bool
	image, pvc, volume string

	preset string // as given
	plan   *repro.Plan
	pool   []device
}

func newOptions() *options {
	o := &options{flags: cli.NewFlags(name)}
	f := o.flags
	f.BoolVar(&o.list, "list", false, "list the presets")
	f.StringArrayVar(&o.data, "data", nil, "`PLACE` of the images, or KEY=PLACE for one of several sets")
	f.StringVar(&o.splits, "splits", "", "`DIR` of the published lists, such as split of the authors' repository")
	f.StringVar(&o.out, "out", "", "`DIR` of the results; runs/PRESET by default")
	f.StringSliceVar(&o.only, "only", nil, "only these `PARTS`: PART or PART/SPLIT")
	f.StringSliceVar(&o.methods, "methods", nil, "only these `METHODS`")
	f.UintSliceVar(&o.seeds, "seeds", nil, "these `SEEDS` instead of the preset's")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the plan: the state and the commands of each unit")
	f.BoolVar(&o.table, "table", false, "only collect existing results, and print and write the table")
	f.IntVar(&o.unit, "unit", -1, "do only unit `K` of the plan (from 0), for array jobs")
	f.IntVar(&o.jobs, "jobs", 0, "units at once; 0: one per device")
	f.StringVar(&o.devices, "devices", "auto", "cpu, or GPUs such as cuda:0,cuda:1, or auto: all GPUs, or else cpu")
	f.IntVar(&o.threads, "threads", 0, "CPU threads per unit; 0: the preset's, or the cores divided by the jobs")
	f.IntVar(&o.nproc, "nproc", 1, "processes that train each unit together, on GPUs one each, as --nproc of bcl-train")
	f.StringVar(&o.bin, "bin", "", "`DIR` of bcl-train and bcl-eval; by default that of bcl-repro, then PATH")
	f.BoolVar(&o.slurm, "slurm", false, "print a Slurm array script for the plan")
	f.BoolVar(&o.kubernetes, "kubernetes", false, "print a Kubernetes Indexed Job for the plan")
	f.StringVar(&o.image, "image", "", "for --kubernetes: container `IMAGE` with the commands; default: bcl:cuda, or bcl:cpu with --devices cpu")
	f.StringVar(&o.pvc, "pvc", "bcl", "for --kubernetes: `NAME` of the PersistentVolumeClaim with data and results")
	f.StringVar(&o.volume, "mount", "/data", "for --kubernetes: `DIR` where the claim is mounted; data, lists and results are below it")
	f.BoolP("help", "h", false, "show this help")
	cli.Arguments(f, repro.Names()...)
	cli.Values(f, "methods", methodNames()...)
	cli.Examples(f, "devices", "auto", "cpu", "cuda:0", "cuda:0,cuda:1")
	cli.Sections(f,
		cli.Section{Title: "Experiment", First: "list", Common: "list data splits out only methods seeds"},
		cli.Section{Title: "What to do", First: "dry-run", Common: "dry-run table"},
		cli.Section{Title: "Machine", First: "jobs", Common: "jobs devices threads nproc"},
		cli.Section{Title: "Clusters", First: "slurm", Common: "slurm kubernetes"},
		cli.Section{Title: "Help", First: "help"},
	)
	return o
}

// resolve reads the preset and makes the plan. Its errors are errors of usage.
func (o *options) resolve() error {
	switch {
	case o.flags.NArg() == 0:
		return cli.Usagef("no experiment given: one of the presets %s, or FILE.yaml", strings.Join(repro.Names(), ", "))
	case o.flags.NArg() > 1:
		return cli.Usagef("one preset at a time, and %q was given too", o.flags.Arg(1))
	case o.jobs < 0 || o.threads < 0 || o.unit < -1:
		return cli.Usagef("jobs %d, threads %d, unit %d: expected 0 or more", o.jobs, o.threads, o.unit)
	case o.nproc < 1:
		return cli.Usagef("--nproc is %d, expected at least 1", o.nproc)
	}
	modes := 0
	for _, on := range []bool{o.dryRun, o.table, o.slurm, o.kubernetes, o.unit >= 0} {
		if on {
			modes++
		}
	}
	if modes > 1 {
		return cli.Usagef("--dry-run, --table, --slurm, --kubernetes and --unit exclude each other")
	}
	preset, err := repro.Open(o.flags.Arg(0))
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.preset = o.flags.Arg(0); filepath.Ext(o.preset) != "" { // a file, also for jobs with another working directory
		if err := absolute(&o.preset); err != nil {
			return err
		}
	}
	sel := repro.Select{Only: o.only, Methods: o.methods}
	for _, s := range o.seeds {
		sel.Seeds = append(sel.Seeds, uint64(s))
	}
	if o.plan, err = repro.NewPlan(preset, sel); err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.unit >= len(o.plan.Units) {
		return cli.Usagef("unit %d, expected 0 to %d: the plan has %d units", o.unit, len(o.plan.Units)-1, len(o.plan.Units))
	}
	if err := o.places(); err != nil {
		return err
	}
	pool, err := parseDevices(o.devices)
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.pool = together(pool, o.nproc); len(o.pool) == 0 {
		if !o.slurm && !o.kubernetes && !o.table {
			return cli.Usagef("--nproc %d needs as many GPUs, and there are %d", o.nproc, len(pool))
		}
		o.pool = pool
	}
	if o.jobs == 0 {
		o.jobs = len(o.pool)
	}
	if o.pool[0].gpu && o.jobs > len(o.pool) {
		return cli.Usagef("%d jobs on %d GPUs with --nproc %d: one GPU runs one process", o.jobs, len(pool), o.nproc)
	}
	return nil
}

// places resolves the folders of images, lists and results. Paths become absolute,
// because commands run in the folder of their split.
func (o *options) places() error {
	p := o.plan
	keys := p.DataKeys()
	p.Data = make(map[string]string)
	for _, d := range o.data {
		key, place, named := strings.Cut(d, "=")
		named = named && !strings.ContainsAny(key, `/\`)
		switch {
		case named && !slices.Contains(keys, key):
			return cli.Usagef("--data %s: the plan has no data set %q; it needs %s", d, key, cmp.Or(strings.Join(keys, ", "), "none"))
		case !named && len(keys) > 1:
			return cli.Usagef("--data %s: the plan has several data sets (%s): give --data KEY=PLACE", d, strings.Join(keys, ", "))
		case !named && len(keys) == 0:
			return cli.Usagef("--data %s: the plan needs no images", d)
		case !named:
			key, place = keys[0], d
		}
		if p.Data[key] != "" {
			return cli.Usagef("--data names %s twice", key)
		}
		if err := absolute(&place); err != nil {
			return err
		}
		p.Data[key] = place
	}
	for _, k := range keys {
		if p.Data[k] == "" && !o.table {
			return cli.Usagef("--data is missing: where are the images of %s? (--only selects parts)", k)
		}
	}
	p.Splits, p.Out = o.splits, o.out
	if lists := p.Lists(); len(lists) > 0 && p.Splits == "" {
		return cli.Usagef("--splits is missing: the folder of %s and %d more published lists (see docs/data.md)", lists[0], len(lists)-1)
	}
	if p.Out == "" {
		p.Out = filepath.Join("runs", p.Preset.Name)
	}
	return errors.Join(absolute(&p.Splits), absolute(&p.Out), absolute(&o.bin))
}

func absolute(path *string) (err error) {
	if *path != "" && !dataset.IsEmbedded(*path) {
		*path, err = filepath.Abs(*path)
	}
	return err
}

// threadsOf is the number of threads of one of the processes of a unit: from the flag, else
// from the preset, else its share of the cores.
func (o *options) threadsOf(u *repro.Unit, processes int) string {
	if o.threads > 0 {
		return fmt.Sprint(o.threads)
	}
	return cmp.Or(u.Train.Get("threads"), o.share(processes))
}

func methodNames() (names []string) {
	for _, m := range method.All() {
		names = append(names, string(m))
	}
	return names
}

// list writes the built-in presets.
func list(w io.Writer) error {
	for _, name := range repro.Names() {
		p, err := repro.Open(name)
		if err != nil {
			return err
		}
		plan, err := repro.NewPlan(p, repro.Select{})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-12s %d runs: %d methods, %d seeds. %s\n", name, len(plan.Units), len(p.Methods), len(p.Seeds), strings.TrimSpace(p.Description))
	}
	return nil
}
