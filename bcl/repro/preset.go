package repro

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Preset is an experiment: methods x splits x seeds, and its published numbers.
type Preset struct {
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Source      string   `yaml:"source"` // of the published numbers
	Seeds       []uint64 `yaml:"seeds"`
	Methods     []Method `yaml:"methods"`
	Parts       []Part   `yaml:"parts"`

	// Compare names the methods that all others are compared with, run by run (compare.go).
	Compare []string `yaml:"compare"`
	// Signals is what tables of the signals of samples are made of; nil: none (signals.go).
	Signals *SignalTable `yaml:"signals"`

	// Settings of bcl-train and bcl-eval for all parts, by the names of their flags.
	Train yaml.MapSlice `yaml:"train"`
	Eval  yaml.MapSlice `yaml:"eval"`
}

// Method is a row of the table.
type Method struct {
	Method string        `yaml:"method"` // bcl-train's name
	Name   string        `yaml:"name"`   // in names of files; Method by default
	Label  string        `yaml:"label"`  // in the table; Name by default
	Train  yaml.MapSlice `yaml:"train"`  // overrides for this method
}

// Part is one data set with its splits.
type Part struct {
	Name    string `yaml:"name"`
	Data    string `yaml:"data"`    // "embedded", or the key of its folder in Plan.Data
	Classes int    `yaml:"classes"` // that the images must have; 0: any

	Test string `yaml:"test"` // list of the test images in the folder of the published lists; "": the data set's

	// Validation is a list of images there that select the epoch of SDCLR's probe; "": none.
	Validation string `yaml:"validation"`

	Train yaml.MapSlice `yaml:"train"`
	Eval  yaml.MapSlice `yaml:"eval"`

	Splits    []Split         `yaml:"splits"`
	Protocols []protocol.Spec `yaml:"protocols"` // the first also gives kNN, the groups and the tail
	Published []Published     `yaml:"published"`
}

// Split is the samples to train on: all of them, a published list (.npy, text or JSON),
// or a generated list.
type Split struct {
	Name string             `yaml:"name"`
	List string             `yaml:"list"` // file in the folder of the published lists
	Make *dataset.SplitSpec `yaml:"make"`
	// Order is the order of the classes of the embedded set, by which the sizes are dealt.
	Order dataset.ClassOrder `yaml:"order"`
}

// SignalTable says which runs show how well signals find the tail, and after which epochs.
type SignalTable struct {
	Method string  `yaml:"method"` // its Name
	Epochs []int   `yaml:"epochs"`
	Beta   float64 `yaml:"beta"`   // of the momentum averages; 0: 0.97
	Recent int     `yaml:"recent"` // epochs of the averages of the last epochs; 0: 10
}

// Published is the published numbers of a method: top-1 in percent by protocol.
type Published struct {
	Method string             `yaml:"method"` // its Name
	Top1   map[string]float64 `yaml:"top1"`
}

// Parse reads a preset. Errors name source, and the key that is unknown or wrong.
func Parse(text []byte, source string) (*Preset, error) {
	p := new(Preset)
	if err := settings.Unmarshal(text, p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", source, yaml.FormatError(err, false, true))
	}
	for i := range p.Methods {
		m := &p.Methods[i]
		m.Name = cmp.Or(m.Name, m.Method)
		m.Label = cmp.Or(m.Label, m.Name)
	}
	for i := range p.Parts {
		if part := &p.Parts[i]; len(part.Splits) == 0 {
			part.Splits = []Split{{Name: "all"}}
		}
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return p, nil
}

// ReadFile reads a user's preset.
func ReadFile(path string) (*Preset, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(text, path)
}

// fileName is what names of files and rows may be.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// names returns an error for a name that is invalid or repeated.
type names map[string]bool

func (n names) add(key, name string) error {
	if !fileName.MatchString(name) {
		return fmt.Errorf("%s: %q, expected letters, digits, '.', '_' and '-'", key, name)
	}
	if n[name] {
		return fmt.Errorf("%s: %q is repeated", key, name)
	}
	n[name] = true
	return nil
}

func (p *Preset) check() error {
	if err := (names{}).add("name", p.Name); err != nil {
		return err
	}
	for _, list := range []struct {
		key string
		n   int
	}{{"seeds", len(p.Seeds)}, {"methods", len(p.Methods)}, {"parts", len(p.Parts)}} {
		if list.n == 0 {
			return fmt.Errorf("%s: missing, expected at least one", list.key)
		}
	}
	seeds := names{}
	for _, s := range p.Seeds {
		if err := seeds.add("seeds", fmt.Sprint(s)); err != nil {
			return err
		}
	}
	methods := names{}
	for i, m := range p.Methods {
		at := fmt.Sprintf("methods[%d]", i)
		train := checkSettings(m.Train, trainReserved)
		if err := cmp.Or(methods.add(at, m.Name), within(at+".method", checkMethod(m.Method)), within(at+".train", train)); err != nil {
			return err
		}
	}
	if err := checkLayers(p.Train, p.Eval); err != nil {
		return err
	}
	for _, name := range p.Compare {
		if !methods[name] {
			return fmt.Errorf("compare: method %q is not one of methods", name)
		}
	}
	if err := within("signals", p.Signals.check(methods)); err != nil {
		return err
	}
	parts := names{}
	for i := range p.Parts {
		part := &p.Parts[i]
		if err := parts.add(fmt.Sprintf("parts[%d].name", i), part.Name); err != nil {
			return err
		}
		if err := within("part "+part.Name, part.check(methods)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Part) check(methods names) error {
	if err := errors.Join((names{}).add("data", p.Data), checkLayers(p.Train, p.Eval)); err != nil {
		return err
	}
	if err := cmp.Or(within("test", checkList(p.Test)), within("validation", checkList(p.Validation))); err != nil {
		return err
	}
	splits := names{}
	for _, s := range p.Splits {
		if err := splits.add("splits", s.Name); err != nil {
			return err
		}
		if s.List != "" && s.Make != nil {
			return fmt.Errorf("split %s: list and make exclude each other", s.Name)
		}
		if s.Order != "" && p.Data != dataset.Embedded {
			return fmt.Errorf("split %s: order is of the embedded set; a list that is made has one of its own, make: {order: %s}", s.Name, s.Order)
		}
		if err := within("split "+s.Name, errors.Join(checkList(s.List), s.Order.Check())); err != nil {
			return err
		}
	}
	if len(p.Protocols) == 0 {
		return errors.New("protocols: missing, expected at least one")
	}
	protocols := names{}
	for _, q := range p.Protocols {
		if err := protocols.add("protocols", q.Name); err != nil {
			return err
		}
		if err := within("protocol "+q.Name, checkProtocol(q)); err != nil {
			return err
		}
	}
	for _, pub := range p.Published {
		if !methods[pub.Method] {
			return fmt.Errorf("published: method %q is not one of methods", pub.Method)
		}
		for protocol := range pub.Top1 {
			if !protocols[protocol] {
				return fmt.Errorf("published: %s: protocol %q is not one of protocols", pub.Method, protocol)
			}
		}
	}
	return nil
}

func (t *SignalTable) check(methods names) error {
	switch {
	case t == nil:
		return nil
	case !methods[t.Method]:
		return fmt.Errorf("method %q is not one of methods", t.Method)
	case len(t.Epochs) == 0 || t.Epochs[0] < 1 || !slices.IsSorted(t.Epochs):
		return fmt.Errorf("epochs %v, expected numbers from 1 in order", t.Epochs)
	case !(t.Beta >= 0 && t.Beta < 1) || t.Recent < 0:
		return fmt.Errorf("beta %v and recent %d, expected one below 1 and a number of epochs", t.Beta, t.Recent)
	}
	return nil
}

// checkProtocol checks a protocol, whose lists are in the folder of the published ones.
func checkProtocol(s protocol.Spec) error {
	if err := s.Check(); err != nil {
		return err
	}
	for _, l := range append([]string{s.From}, s.Lists...) {
		if err := checkList(l); err != nil {
			return err
		}
	}
	return within("probe", checkList(s.Probe))
}

// checkList checks the name of a list; "" is no list.
func checkList(name string) error {
	if name != "" && !filepath.IsLocal(name) {
		return fmt.Errorf("list %q, expected the name of a file in the folder of the published lists", name)
	}
	return nil
}

// within adds the position to an error.
func within(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", key, err)
}

// protocols lists the names of the part's protocols.
func (p *Part) protocols() []string { return namesOf(p.Protocols) }

// namesOf lists the names of protocols.
func namesOf(specs []protocol.Spec) (names []string) {
	for _, s := range specs {
		names = append(names, s.Name)
	}
	return names
}

// named returns the protocols with some names; nil if the part lacks one.
func (p *Part) named(names []string) (specs []protocol.Spec) {
	for _, name := range names {
		i := slices.IndexFunc(p.Protocols, func(s protocol.Spec) bool { return s.Name == name })
		if i < 0 {
			return nil
		}
		specs = append(specs, p.Protocols[i])
	}
	return specs
}

// published returns the published numbers of a method, if there are any.
func (p *Part) published(method, protocol string) (float64, bool) {
	for _, pub := range p.Published {
		if pub.Method == method {
			v, ok := pub.Top1[protocol]
			return v, ok
		}
	}
	return 0, false
}
