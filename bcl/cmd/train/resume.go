package train

import (
	"bytes"
	"fmt"
	"os"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch"
)

// mayStart reports whether there is a run to go on with: with --resume there must
// be one; the same command again goes on by itself with a run that was cut off.
// Anything else in the run directory is an error.
func (o *options) mayStart(settings []byte) (goOn bool, err error) {
	if o.resume {
		return true, nil
	}
	occupied := run.Check(o.dir())
	if occupied == nil {
		return false, nil
	}
	before, err := os.ReadFile(run.File(o.dir(), run.ConfigFile))
	if err != nil {
		return false, occupied // not a run
	}
	if diff := changed(before, settings); diff != "" {
		return false, fmt.Errorf("%w; it holds a run with other settings:\n%s", occupied, diff)
	}
	if !run.HasCheckpoint(o.dir()) {
		return false, fmt.Errorf("%w; it holds a run that was cut off before its first checkpoint", occupied)
	}
	return true, nil
}

// open makes the run directory, or opens that of the run to go on with.
func (s *session) open(device torch.Device) error {
	if s.goOn {
		return s.reopen()
	}
	env, err := run.Describe(device)
	if err != nil {
		return err
	}
	s.out, err = run.Create(s.dir(), s.settings, os.Args, env)
	return err
}

// reopen goes on with a run whose settings are the same.
func (s *session) reopen() error {
	path := s.dir()
	before, err := os.ReadFile(run.File(path, run.ConfigFile))
	if err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	if diff := changed(before, s.settings); diff != "" {
		return fmt.Errorf("--resume: the settings are not those of %s:\n%s", run.File(path, run.ConfigFile), diff)
	}
	c, passed, err := run.LoadNewest(path)
	if err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	if err := c.Restore(s.trainer); err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	if s.trainer.Done() && !s.resume {
		return fmt.Errorf("run directory %s is not empty: it holds this run, complete; choose another name, or remove it", path)
	}
	if s.out, err = run.Reopen(path, s.trainer.Position.Epoch); err != nil {
		return err
	}
	if passed != nil {
		s.log("%v: passed over, going on from %s", passed, c.Path)
	}
	return nil
}

// changed lists the settings that differ, a line each; the number of workers, which
// changes no result, may.
func changed(before, now []byte) string {
	var out bytes.Buffer
	a, b := bytes.Split(before, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range max(len(a), len(b)) {
		var x, y []byte
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if !bytes.Equal(x, y) && !bytes.HasPrefix(x, []byte("num-workers:")) {
			fmt.Fprintf(&out, "\tbefore %q, now %q\n", x, y)
		}
	}
	return out.String()
}
