package bcltrain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// free are the settings that may change when a run goes on, as they change no
// result. Those of the images are among them because the images themselves are
// compared.
var free = []string{"num-workers", "save-dir", "save-freq", "keep-last", "save-minutes", "print-freq", "eval-freq", "eval-by", "probe-list", "test-list", "probe-epochs"}

var freeImages = []string{"data", "train-split", "skip-broken"}

// fixed are the settings that cannot change, and why.
var fixed = map[string]string{
	"model":     "it makes another network",
	"width":     "it makes another network",
	"stem":      "it makes another network",
	"num-class": "it moved the initial weights",
}

// fixedWithin are those that cannot change within an epoch.
var fixedWithin = []string{"batch-size", "seed"}

// change is a setting that is not what it was.
type change struct {
	name, before, now string
	why               string // it cannot change; "" if --allow-change may allow it
}

func (c change) String() string {
	text := fmt.Sprintf("%s: before %s, now %s", c.name, c.before, c.now)
	if c.why != "" {
		text += " (cannot change: " + c.why + ")"
	}
	return text
}

// changes lists the settings that changed and matter. sameImages says that the
// images were found to be the same, within that the run stands within an epoch.
func (o *options) changes(before, now []byte, sameImages, within bool) ([]change, error) {
	was, _, err := parse(before)
	if err != nil {
		return nil, err
	}
	is, names, err := parse(now)
	if err != nil {
		return nil, err
	}
	var out []change
	for _, name := range names {
		old, ok := was[name]
		if flag := o.flags.Lookup(name); !ok && flag != nil {
			old = flag.DefValue // the program that wrote it did not have the setting yet
		}
		if old == is[name] || slices.Contains(free, name) || sameImages && slices.Contains(freeImages, name) {
			continue
		}
		out = append(out, change{name, old, is[name], reason(name, old, is[name], within)})
	}
	return out, nil
}

func reason(name, before, now string, within bool) string {
	a, errA := train.ParseMethod(before)
	b, errB := train.ParseMethod(now)
	switch {
	case name == "method" && (errA != nil || errB != nil || a.Objective() != b.Objective()):
		return "it makes another network"
	case within && slices.Contains(fixedWithin, name):
		return "the run stands within an epoch"
	}
	return fixed[name]
}

// parse reads a config.yaml into text values, and the names in their order.
func parse(text []byte) (values map[string]string, names []string, err error) {
	var items yaml.MapSlice
	if err := settings.Unmarshal(text, &items); err != nil {
		return nil, nil, fmt.Errorf("settings: %w", err)
	}
	values = map[string]string{}
	for _, s := range items {
		name := settings.Normalize(fmt.Sprint(s.Key))
		values[name] = fmt.Sprint(s.Value)
		names = append(names, name)
	}
	return values, names, nil
}

// checkAllowed sees to it that --allow-change names settings.
func (o *options) checkAllowed() error {
	for i, name := range o.allow {
		o.allow[i] = settings.Normalize(name)
		if o.flags.Lookup(name) == nil {
			return cli.Usagef("--allow-change: there is no setting %q", name)
		}
	}
	return nil
}

// refuse returns an error that lists the changes unless all of them are allowed.
func (o *options) refuse(list []change) error {
	var text strings.Builder
	var ask []string
	refused := false
	for _, c := range list {
		allowed := c.why == "" && slices.Contains(o.allow, c.name)
		refused = refused || !allowed
		if !allowed {
			fmt.Fprintf(&text, "\n\t%v", c)
		}
		if c.why == "" {
			ask = append(ask, c.name)
		}
	}
	if !refused {
		return nil
	}
	if len(ask) == len(list) { // nothing stands in the way but leave
		fmt.Fprintf(&text, "\n(--resume --allow-change %s goes on with the new values)", strings.Join(ask, ","))
	}
	return fmt.Errorf("the settings are not what they were:%s", text.String())
}
