package ckpt

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// Detection is what [Detect] found.
type Detection struct {
	*Scheme
	Prefix string    // what is before the names that the scheme knows
	Known  int       // how many of the names the scheme knows
	Also   []*Scheme // others that know as many
}

// ErrScheme is why [Detect] fails where no scheme knows a name.
var ErrScheme = errors.New("are not those of a ResNet in a known scheme")

// Networks is why [Detect] fails where several whole ResNets have names: below which
// prefixes they are.
type Networks struct{ Below []string }

func (e *Networks) Error() string {
	var below []string
	for _, p := range e.Below {
		below = append(below, fmt.Sprintf("%q", p))
	}
	return fmt.Sprintf("there are %d ResNets, below %s: choose one", len(below), strings.Join(below, ", "))
}

// trained and followed are words in names of the network that the optimiser trains, and
// of another that follows it as an average or a copy.
var (
	trained  = regexp.MustCompile(`(?i)online|student|query|(^|[._])q([._]|$)`)
	followed = regexp.MustCompile(`(?i)momentum|teacher|target|(^|[._])ema([._]|$)|avg|average|(^|[._])key|(^|[._])k([._]|$)`)
)

// Likely returns of Below the prefix of the network that was trained, as far as names say
// it: methods such as MoCo, BYOL and DINO keep an average of it beside.
func (e *Networks) Likely() string {
	rank := func(prefix string) int {
		switch {
		case trained.MatchString(prefix):
			return 0
		case followed.MatchString(prefix):
			return 2
		}
		return 1
	}
	if len(e.Below) == 0 {
		return ""
	}
	return slices.MinFunc(e.Below, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
}

// Detect returns the scheme that knows most of the names, and what is before them: what
// wraps them all, or else the one prefix below which they are a whole ResNet's. It is an
// error if no scheme knows any of them, and *[Networks] if there are several ResNets.
func Detect(names []string) (Detection, error) { return detect(names, schemes) }

func detect(names []string, among []*Scheme) (Detection, error) {
	d := Detection{Prefix: Unwrap(names)}
	for _, s := range among {
		d.take(s, d.Prefix, countBelow(s, names, d.Prefix))
	}
	var below []string // a prefix for each network
	inner := Detection{}
	seen := map[string]bool{} // names of first convolutions
	for _, s := range among {
		for _, name := range names {
			prefix, ok := s.stem(name)
			if !ok || !s.whole(names, prefix) {
				continue
			}
			inner.take(s, prefix, countBelow(s, names, prefix))
			if !seen[name] {
				seen[name] = true
				below = append(below, strings.TrimSuffix(strings.TrimSuffix(name, "0.weight"), "conv1.weight"))
			}
		}
	}
	switch {
	case len(below) > 1:
		slices.Sort(below)
		return d, &Networks{below}
	case len(below) == 1 && (d.Scheme == nil || !d.whole(names, d.Prefix)):
		d = inner
	}
	if d.Scheme == nil {
		return d, fmt.Errorf("the names (%s) %w", list(names), ErrScheme)
	}
	return d, nil
}

// take notes that a scheme knows n names below a prefix. Of those that know most the one
// whose prefix is shortest counts, and then the first.
func (d *Detection) take(s *Scheme, prefix string, n int) {
	switch {
	case n == 0 || n < d.Known:
	case n > d.Known || len(prefix) < len(d.Prefix):
		*d = Detection{s, prefix, n, nil}
	case prefix == d.Prefix:
		d.Also = append(d.Also, s)
	}
}

// countBelow is how many of the names below a prefix a scheme knows.
func countBelow(s *Scheme, names []string, prefix string) int {
	n := 0
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if _, ok := s.Parse(rest); ok {
				n++
			}
		}
	}
	return n
}

// stem returns what is before the name of a first convolution, if it is one.
func (s *Scheme) stem(name string) (prefix string, ok bool) {
	if !strings.HasSuffix(name, ".weight") && name != "weight" {
		return "", false
	}
	for at := 0; ; {
		if n, ok := s.Parse(name[at:]); ok && n.Component == Backbone && n.Path == "conv1.weight" {
			return name[:at], true
		}
		dot := strings.IndexByte(name[at:], '.')
		if dot < 0 {
			return "", false
		}
		at += dot + 1
	}
}

// whole reports names below a prefix that have all stages of a ResNet.
func (s *Scheme) whole(names []string, prefix string) bool {
	var stages [4]bool
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if n, ok := s.Parse(rest); ok && n.Component == Backbone && strings.HasPrefix(n.Path, "layer") {
				stages[n.Path[len("layer")]-'1'] = true
			}
		}
	}
	return stages == [4]bool{true, true, true, true}
}

// wrappings are put before all names by what wraps a network: DataParallel and
// DistributedDataParallel, torch.compile, and Lightning modules that keep their
// network in an attribute "model".
var wrappings = []string{"module.", "_orig_mod.", "model."}

// Unwrap returns the prefix, made of wrappings, that all names have.
func Unwrap(names []string) string {
	prefix := ""
	for again := len(names) > 0; again; {
		again = false
		for _, w := range wrappings {
			if !slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix+w) }) {
				prefix += w
				again = true
			}
		}
	}
	return prefix
}

// renamed returns the names of tensors without Options.Strip and through Options.Map, and
// those that may be a network's: with Strip only what had it.
func (o *Options) renamed(state []Tensor) (names, candidates []string, err error) {
	for _, t := range state {
		name, had := strings.CutPrefix(t.Name, o.Strip)
		name = applyMap(o.Map, name)
		if names = append(names, name); had {
			candidates = append(candidates, name)
		}
	}
	if len(candidates) == 0 && len(names) > 0 {
		return nil, nil, fmt.Errorf("no name begins with %q, as was to be stripped; the first is %s", o.Strip, serialize.Quote(names[0]))
	}
	return names, candidates, nil
}
