package bcltrain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// origin is where a setting comes from.
type origin string

const (
	byDefault origin = ""
	byFlag    origin = "the command line"
	byConfig  origin = "--config"
	byRecipe  origin = "--recipe"
	byRun     origin = "the run's config.yaml"
)

// notice records the origins of settings that now count as given and did not before.
func (o *options) notice(from origin) {
	if o.origins == nil {
		o.origins = map[string]origin{}
	}
	o.flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed && o.origins[f.Name] == byDefault {
			o.origins[f.Name] = from
		}
	})
}

// typed reports whether the command line gave a setting.
func (o *options) typed(setting string) bool { return o.origins[setting] == byFlag }

// byMethod sets the settings that were not given and depend on the method. The authors'
// command lines keep theirs: their programs have the same defaults for all methods.
func (o *options) byMethod() error {
	if o.theirs.Theirs {
		return nil
	}
	m := o.config.Method
	own := []struct {
		name  string
		value any
	}{{"weight-decay", train.Default(m).WeightDecay}, {"rand-k", m.Traits().RandK}}
	if !m.Boosted() {
		own = own[:1]
	}
	for _, d := range own {
		flag, text := o.flags.Lookup(d.name), fmt.Sprint(d.value)
		if !flag.Changed {
			if err := flag.Value.Set(text); err != nil {
				return err
			}
		} else if o.otherMethods(d.name) && flag.Value.String() != text {
			o.theirs.Remark("%s is %v, by %s; the one of %s is %s", d.name, flag.Value, o.origins[d.name], m, text)
		}
	}
	return nil
}

// otherMethods reports whether a setting comes from a run's config.yaml while the command
// line names the method: it may be that of another method.
func (o *options) otherMethods(setting string) bool { return o.typed("method") && o.ofRun(setting) }

// ofRun reports whether a setting comes from a run's config.yaml, which has all of them.
func (o *options) ofRun(setting string) bool {
	return o.origins[setting] == byConfig || o.origins[setting] == byRun
}

// checkIdle returns an error if the command line gives a setting that another of its
// settings makes ineffective. Files may hold such settings, and the authors' command
// lines those of another method.
func (o *options) checkIdle() error {
	m := o.config.Method
	has := []string{"", m.Traits().Objective}
	if m.Boosted() {
		has = append(has, training.Boost)
	}
	for _, s := range o.table {
		switch {
		case !o.typed(s.Name):
		case s.IdleWithout != "" && !o.on(s.IdleWithout):
			return cli.Usagef("--%s does nothing without --%s", s.Name, s.IdleWithout)
		case o.theirs.Theirs:
		case !slices.Contains(has, s.Needs):
			return cli.Usagef("--%s does nothing with --method %s", s.Name, m)
		case s.IdleWith != "" && o.on(s.IdleWith):
			return cli.Usagef("--%s does nothing with --%s", s.Name, s.IdleWith)
		}
	}
	return nil
}

// on reports whether a setting differs from the value that means none, or NAME=VALUE is so.
func (o *options) on(setting string) bool {
	setting, wanted, one := strings.Cut(setting, "=")
	value := o.flags.Lookup(setting).Value.String()
	if one {
		return value == wanted
	}
	return value != "" && value != "false"
}
