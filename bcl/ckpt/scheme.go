package ckpt

import (
	"fmt"
	"slices"
	"strings"
)

// HeadKind is how a projection head is built; one kind cannot be loaded into another.
type HeadKind string

// The heads.
const (
	NoHead     HeadKind = ""
	NormedHead HeadKind = "linear layers with a norm after each"
	PlainHead  HeadKind = "two linear layers without norms"
)

// Scheme is how a project names the tensors of a ResNet.
type Scheme struct {
	Name  string
	About string // project and class
	Head  HeadKind
	Dual  bool // its norms have two branches
	// Note is for users who convert weights from or to the project; may be "".
	Note string

	parse  func(key string) (Name, bool)
	format func(n Name) (key string, ok bool)
	// within reports a name below a layer of the backbone, whether a ResNet has it or not.
	within func(key string) bool
}

// Parse identifies a tensor by a project's name.
func (s *Scheme) Parse(key string) (Name, bool) {
	n, ok := s.parse(key)
	// Only a scheme of two branches has pairs of norms.
	if !ok || (n.Branch != Single) != (s.Dual && n.isNorm()) {
		return Name{}, false
	}
	return n, true
}

// Format returns a project's name for a tensor, if it has one.
func (s *Scheme) Format(n Name) (string, bool) {
	if (n.Branch != Single) != (s.Dual && n.isNorm()) || n.Component == Head && s.Head == NoHead {
		return "", false
	}
	return s.format(n)
}

// Schemes returns all schemes; where names fit several, the first is taken.
func Schemes() []*Scheme { return slices.Clone(schemes) }

// FindScheme returns the scheme with a name.
func FindScheme(name string) (*Scheme, error) {
	if i := slices.IndexFunc(schemes, func(s *Scheme) bool { return s.Name == name }); i >= 0 {
		return schemes[i], nil
	}
	return nil, fmt.Errorf("naming scheme %q is not one of %s", name, schemeNames(schemes))
}

// wrappings are prefixes that wrappers of a network put before all names: DataParallel
// and DistributedDataParallel, torch.compile, and Lightning modules that keep their
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

// Detection is what [Detect] found.
type Detection struct {
	*Scheme
	Prefix string    // what wraps all names
	Known  int       // number of names that the scheme knows
	Also   []*Scheme // others that know as many
}

// Detect returns the scheme that knows most of the names. It is an error if none
// knows any of them.
func Detect(names []string) (Detection, error) {
	d := Detection{Prefix: Unwrap(names)}
	for _, s := range schemes {
		n := 0
		for _, name := range names {
			if _, ok := s.Parse(name[len(d.Prefix):]); ok {
				n++
			}
		}
		switch {
		case n > d.Known:
			d.Scheme, d.Known, d.Also = s, n, nil
		case n == d.Known && n > 0:
			d.Also = append(d.Also, s)
		}
	}
	if d.Scheme == nil {
		return d, fmt.Errorf("the names (%s) are not those of a ResNet in a known scheme", list(names))
	}
	return d, nil
}
