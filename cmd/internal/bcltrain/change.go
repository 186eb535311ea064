package bcltrain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
)

// change is a setting that has changed.
type change struct {
	settings.Change
	why string // why it cannot change; "" if --allow-change can allow it
}

func (c change) String() string {
	text := fmt.Sprintf("%s: before %s, now %s", c.Name, c.Before, c.Now)
	if c.why != "" {
		text += " (fixed: " + c.why + ")"
	}
	return text
}

// changes lists the changed settings that matter. sameImages reports that the images are
// known to be the same, within that the run is within an epoch. Settings that the program
// of the checkpoint did not have yet count as having their defaults.
func (o *options) changes(before, now []byte, sameImages, within bool) ([]change, error) {
	text, err := cli.Resolved(newOptions().flags)
	if err != nil {
		return nil, err
	}
	var lists [3]settings.List
	for i, text := range [][]byte{text, before, now} {
		if lists[i], err = settings.Parse(text); err != nil {
			return nil, err
		}
	}
	was, is := lists[0], lists[2]
	for _, s := range lists[1] {
		was = was.With(s.Name, s.Value)
	}
	var out []change
	for _, c := range was.Changes(is) {
		if c.Name == "views" && cmp.Or(c.Before, was.Get("stem")) == cmp.Or(c.Now, is.Get("stem")) {
			continue // the recipe that is called as the stem is its default
		}
		if c.Name == "reweight-positives" && sameReweighting(c.Before, c.Now) {
			continue
		}
		if c.Name == "device" && c.Now == device.Auto {
			continue // which is that of before
		}
		s := o.table.Lookup(c.Name)
		if s == nil || c.Gone || s.OnResume == settings.Free || sameImages && s.OnResume == settings.FreeImages {
			continue
		}
		out = append(out, change{c, reason(s, c.Before, c.Now, within)})
	}
	return out, nil
}

// sameReweighting compares forms of re-weighting, also as earlier programs wrote them.
func sameReweighting(a, b string) bool {
	x, errX := loss.ParseReweighting(a)
	y, errY := loss.ParseReweighting(b)
	return errX == nil && errY == nil && x == y
}

func reason(s *settings.Setting, before, now string, within bool) string {
	a, errA := method.Parse(before)
	b, errB := method.Parse(now)
	switch {
	case s.Name == "method" && (errA != nil || errB != nil || a.Traits().Objective != b.Traits().Objective):
		return "it changes the network"
	case within && s.OnResume == settings.FixedWithin:
		return "the run is within an epoch"
	}
	return s.Fixed
}

// checkAllowed checks that --allow-change names settings.
func (o *options) checkAllowed() error {
	for i, name := range o.allow {
		o.allow[i] = settings.Normalize(name)
		if o.table.Lookup(o.allow[i]) == nil {
			return cli.Usagef("--allow-change: unknown setting %q%s", name, cli.Near(name, o.table.Names(func(settings.Setting) bool { return true })))
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
		allowed := c.why == "" && slices.Contains(o.allow, c.Name)
		refused = refused || !allowed
		if !allowed {
			fmt.Fprintf(&text, "\n\t%v", c)
		}
		if c.why == "" {
			ask = append(ask, c.Name)
		}
	}
	if !refused {
		return nil
	}
	if len(ask) == len(list) { // all can be allowed
		fmt.Fprintf(&text, "\n(--resume --allow-change %s resumes with the new values)", strings.Join(ask, ","))
	}
	return fmt.Errorf("the settings have changed:%s", text.String())
}
