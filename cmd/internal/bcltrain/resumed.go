package bcltrain

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/settings"
)

// resumed returns the settings of the run that is resumed from a checkpoint: the one in the
// run's folder, or the one that --resume names. nil if there is none, or if that has none.
func (o *options) resumed() settings.List {
	text := ""
	if dir := filepath.Join(o.saveDir, o.flags.Arg(0)); o.flags.NArg() == 1 && run.HasCheckpoint(dir) && (o.resume == "" || o.from().In(dir)) {
		config, _ := os.ReadFile(run.File(dir, run.ConfigFile)) // what is wrong shows when it is resumed
		text = string(config)
	} else if from := o.from().From; from != "" {
		text, _ = run.ReadSettings(from) // the same
	}
	list, err := settings.Parse([]byte(text))
	if err != nil || len(list) == 0 {
		return nil
	}
	return list
}

// hintImages adds to an error of other images the settings that choose them and have changed.
func (o *options) hintImages(err error) error {
	other, ok := errors.AsType[*session.OtherData](err)
	if !ok {
		return err
	}
	now, _ := o.resolved() // which was resolved before
	list, _ := o.changes(other.Settings, now, false, other.Within)
	var lines strings.Builder
	for _, c := range list {
		if o.table.Lookup(c.Name).OnResume == settings.FreeImages {
			fmt.Fprintf(&lines, "\n\t--%s: before %s, now %s", c.Name, cmp.Or(c.Before, `""`), cmp.Or(c.Now, `""`))
		}
	}
	if lines.Len() == 0 {
		return err
	}
	return fmt.Errorf("%w:%s\n(the values before resume the run; others need another run)", err, lines.String())
}
