package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/settings"
)

// Full is the name of the protocol of all of the probe set, where it needs one.
const Full = "full"

// ShotsName is the name of the protocol of k images per class.
func ShotsName(k int) string { return fmt.Sprintf("%d-shot", k) }

// Spec describes a protocol. With lists, a classifier is fitted on each, and accuracies
// are averaged; without, on all of the probe set, or on drawn few-shot subsets of it.
type Spec struct {
	Name    string   `yaml:"name" json:"name,omitempty"`
	Lists   []string `yaml:"lists" json:"lists,omitempty"`     // index lists (.npy) into the probe set
	Probe   string   `yaml:"probe" json:"probe,omitempty"`     // text or JSON list that defines the probe set; "": the data set's
	Shots   int      `yaml:"shots" json:"shots,omitempty"`     // images per class, also of each list; 0: as they are
	From    string   `yaml:"from" json:"from,omitempty"`       // index list that subsets are drawn from; "": the probe set
	Subsets int      `yaml:"subsets" json:"subsets,omitempty"` // number of drawn subsets; 0: the caller's default
}

// ParseSpec reads a Spec in YAML, such as {name: 5-shot, shots: 5}, and checks it.
func ParseSpec(text string) (Spec, error) {
	var s Spec
	if err := settings.Unmarshal([]byte(text), &s, yaml.Strict()); err != nil {
		return s, errors.New(yaml.FormatError(err, false, false))
	}
	return s, s.Check()
}

// String is s as ParseSpec reads it, in one line.
func (s Spec) String() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // strings and numbers
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// Check returns an error that names the key that is wrong.
func (s Spec) Check() error {
	switch {
	case s.Shots < 0:
		return fmt.Errorf("shots %d, expected a number of images per class", s.Shots)
	case s.Subsets < 0:
		return fmt.Errorf("subsets %d, expected a number of subsets to draw", s.Subsets)
	case s.Shots == 0 && len(s.Lists) > 0 && s.Probe != "":
		return errors.New("lists without shots exclude probe")
	case !s.drawn() && (s.From != "" || s.Subsets != 0):
		return errors.New("from and subsets are only for drawn subsets: shots without lists")
	}
	for _, l := range append(slices.Clone(s.Lists), s.From) {
		if l != "" && filepath.Ext(l) != ".npy" {
			return fmt.Errorf("list %q, expected the name of a .npy file", l)
		}
	}
	return nil
}

// drawn reports whether the subsets of s are drawn.
func (s Spec) drawn() bool { return s.Shots > 0 && len(s.Lists) == 0 }

// Files returns the lists that s names.
func (s Spec) Files() []string {
	return slices.DeleteFunc(append([]string{s.Probe, s.From}, s.Lists...), func(l string) bool { return l == "" })
}

// In returns s with the paths of its lists, which find returns for their names.
func (s Spec) In(find func(name string) string) Spec {
	s.Lists = slices.Clone(s.Lists)
	for i, l := range s.Lists {
		s.Lists[i] = find(l)
	}
	for _, l := range []*string{&s.Probe, &s.From} {
		if *l != "" {
			*l = find(*l)
		}
	}
	return s
}

// Equal reports whether s and other are the same.
func (s Spec) Equal(other Spec) bool { return s.String() == other.String() }
