package ckpt

import (
	"fmt"
	"slices"
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
