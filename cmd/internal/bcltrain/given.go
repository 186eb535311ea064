package bcltrain

import (
	"github.com/spf13/pflag"

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
)

// notice remembers where the settings come from that count as given and did not before.
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

// byMethod sets what was not given and depends on the method. The authors' command
// lines leave it as it is: their programs have the same defaults for all methods.
func (o *options) byMethod() {
	if o.flags.Changed("data-folder") {
		return
	}
	m := o.config.Method
	own := train.Default(m).WeightDecay
	if !o.flags.Changed("weight-decay") {
		o.config.WeightDecay = own
	} else if o.otherMethods("weight-decay") && o.config.WeightDecay != own {
		o.reference.remark("weight-decay is %v, by %s; the one of %s is %v", o.config.WeightDecay, o.origins["weight-decay"], m, own)
	}
	if !m.Boosted() {
		return
	}
	if !o.flags.Changed("rand-k") {
		o.randK = m.RandK()
	} else if o.otherMethods("rand-k") && o.randK != m.RandK() {
		o.reference.remark("rand-k is %d, by %s; the one of %s is %d", o.randK, o.origins["rand-k"], m, m.RandK())
	}
}

// otherMethods reports whether a setting comes from a run's config.yaml, which has all
// of them, while the command line names the method: it may be that of another method.
func (o *options) otherMethods(setting string) bool {
	return o.typed("method") && o.origins[setting] == byConfig
}

// checkIdle returns an error if the command line gives what another of its settings
// makes idle. Files may hold such settings, and the authors' command lines.
func (o *options) checkIdle() error {
	if o.flags.Changed("data-folder") {
		return nil
	}
	m := o.config.Method
	for _, idle := range []struct {
		is    bool
		names []string
		with  string
	}{
		{!m.Boosted(), []string{"rand-k", "rand-strength", "no-floor"}, "method " + string(m)},
		{m.Objective() != "sdclr", []string{"prune-percent", "random-prune-percent"}, "method " + string(m)},
		{o.schedule != "", []string{"temperature"}, "temperature-schedule"},
	} {
		for _, name := range idle.names {
			if idle.is && o.typed(name) {
				return cli.Usagef("--%s does nothing with --%s", name, idle.with)
			}
		}
	}
	return nil
}
