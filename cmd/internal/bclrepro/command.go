package bclrepro

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/bcl/run"
)

// command is one call of bcl-train or bcl-eval, in the folder of its split: run
// directory and settings do not change when the results move.
type command struct {
	dir     string
	program string
	args    []string
	env     []string
}

// String is the command as a shell takes it.
func (c *command) String() string {
	words := append(append([]string{}, c.env...), filepath.Base(c.program))
	words = append(words, c.args...)
	return fmt.Sprintf("(cd %s && %s)", run.ShellLine(c.dir), run.ShellLine(words...))
}

// train is the command that trains a unit, or resumes it where state says so.
func (o *options) train(u *repro.Unit, s *repro.State, d device) *command {
	p := o.plan
	settings := u.Train.With("threads", o.threadsOf(u))
	if settings.Get("num-workers") == "" {
		settings = settings.With("num-workers", fmt.Sprint(workersOf(o.jobs)))
	}
	device := d.flag()
	if s.Status == repro.CutOff {
		// bcl-train resumes only with the very same settings.
		settings, device = settings.With("threads", s.Run.Get("threads")), s.Run.Get("device")
	}
	args := []string{u.ID(), "--save-dir=.", "--data=" + p.Place(u.Part)}
	if split := p.TrainSplit(u); split != "" {
		args = append(args, "--train-split="+split)
	}
	args = append(args, settings.Args()...)
	if s.Empty {
		args = append(args, "--resume") // which starts it again, whatever its settings of the place were
	}
	return &command{p.Folder(u), o.program("bcl-train"), append(args, "--device="+device), d.env()}
}

// evaluate is the command of one evaluation of a unit.
func (o *options) evaluate(u *repro.Unit, t repro.Task, d device) *command {
	p := o.plan
	args := []string{u.ID(), "--json", "--data=" + p.Place(u.Part)}
	if split := p.TrainSplit(u); split != "" {
		args = append(args, "--train-split="+split)
	}
	if test := p.TestList(u); test != "" {
		args = append(args, "--test-list="+test)
	}
	for _, spec := range t.Protocols {
		args = append(args, "--protocol="+p.InSplits(spec).String())
	}
	settings := t.Eval
	for _, place := range [][2]string{{"threads", o.threadsOf(u)}, {"num-workers", fmt.Sprint(workersOf(o.jobs))}} {
		if settings.Get(place[0]) == "" {
			settings = settings.With(place[0], place[1])
		}
	}
	args = append(args, settings.Args()...)
	return &command{p.Folder(u), o.program("bcl-eval"), append(args, "--device="+d.flag()), d.env()}
}

// program finds a command: in the folder of --bin, beside this program, or by PATH.
func (o *options) program(name string) string {
	if o.bin != "" {
		return filepath.Join(o.bin, name)
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(beside); err == nil {
			return beside
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return name // and starting it says what is missing
}
