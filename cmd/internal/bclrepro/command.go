package bclrepro

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/bcl/run"
)

// command is one call of bcl-train or bcl-eval, in the folder of its split, so that run
// directory and settings do not change when the results are moved.
type command struct {
	dir     string
	program string
	args    []string
	env     []string
}

// String is the command in a shell's syntax.
func (c *command) String() string {
	args := slices.Concat(c.env, []string{filepath.Base(c.program)}, c.args)
	return fmt.Sprintf("(cd %s && %s)", run.ShellLine(c.dir), run.ShellLine(args...))
}

// samples are the arguments that define the unit and its training samples.
func (o *options) samples(u *repro.Unit, flag string) []string {
	args := []string{u.ID(), flag, "--data=" + o.plan.Place(u)}
	if split := o.plan.TrainSplit(u); split != "" {
		args = append(args, "--train-split="+split)
	}
	return args
}

// train is the command that trains a unit, or resumes it if state says so.
func (o *options) train(u *repro.Unit, s *repro.State, d device) *command {
	p := o.plan
	settings := u.Train.With("threads", o.threadsOf(u, o.nproc)).With("num-workers", cmp.Or(u.Train.Get("num-workers"), o.share(o.nproc)))
	device := d.flag()
	if s.Status == repro.CutOff {
		// bcl-train only resumes with the same settings.
		settings, device = settings.With("threads", s.Run.Get("threads")), s.Run.Get("device")
	}
	args := append(o.samples(u, "--save-dir=."), settings.Args()...)
	if s.Empty {
		args = append(args, "--resume") // which also restarts a run whose paths have changed
	}
	if o.nproc > 1 {
		args = append(args, fmt.Sprint("--nproc=", o.nproc))
	}
	return &command{p.Folder(u), o.program("bcl-train"), append(args, "--device="+device), d.env()}
}

// evaluate is the command of one evaluation of a unit.
func (o *options) evaluate(u *repro.Unit, t repro.Task, d device) *command {
	p := o.plan
	args := o.samples(u, "--json")
	if test := p.TestList(u); test != "" {
		args = append(args, "--test-list="+test)
	}
	if list := p.ValidationList(u); list != "" {
		args = append(args, "--val-list="+list)
	}
	for _, spec := range t.Protocols {
		args = append(args, "--protocol="+p.InSplits(spec).String())
	}
	settings := t.Eval.With("threads", cmp.Or(t.Eval.Get("threads"), o.threadsOf(u, 1)))
	settings = settings.With("num-workers", cmp.Or(t.Eval.Get("num-workers"), o.share(1)))
	args = append(args, settings.Args()...)
	return &command{p.Folder(u), o.program("bcl-eval"), append(args, "--device="+d.flag()), d.env()}
}

// program finds a command: in the folder of --bin, next to this program, or in PATH.
func (o *options) program(name string) string {
	if o.bin != "" {
		return filepath.Join(o.bin, name)
	}
	if self, err := os.Executable(); err == nil {
		sibling := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(sibling); err == nil {
			return sibling
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return name // starting it reports the error
}
