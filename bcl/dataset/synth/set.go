package synth

import (
	"fmt"
	"sync/atomic"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// Part is one of the three disjoint parts of a set.
type Part int

// The parts.
const (
	Train Part = iota // long-tailed
	Probe             // balanced
	Test              // balanced
)

func (p Part) String() string { return [...]string{"train", "probe", "test"}[p] }

// Set is a data set that is drawn as it is used.
type Set struct{ parts [3]*Images }

// New returns the set that k describes.
func New(k Knobs) *Set {
	s := new(Set)
	for p := range s.parts {
		m := &Images{part: Part(p), knobs: k}
		counts := k.TrainCounts()
		for c := range counts {
			switch m.part {
			case Probe:
				counts[c] = k.Probe
			case Test:
				counts[c] = k.Test
			}
			for range counts[c] {
				m.labels = append(m.labels, c)
			}
		}
		// Classes come mixed: the place of a sample must not give it away.
		order := make([]int, len(m.labels))
		stream := rng.New(k.Seed, rng.Synth, 0, uint32(p), 0)
		stream.Perm(order)
		mixed := make([]int, len(order))
		for i, j := range order {
			mixed[i] = m.labels[j]
		}
		m.labels = mixed
		m.drawn = make([]atomic.Pointer[rgb.Image], len(mixed))
		s.parts[p] = m
	}
	return s
}

// Part returns one part of s.
func (s *Set) Part(p Part) *Images { return s.parts[p] }

// Images is one part; it has the methods of dataset.Dataset.
type Images struct {
	part   Part
	knobs  Knobs
	labels []int
	drawn  []atomic.Pointer[rgb.Image]
}

// Len returns the number of images.
func (m *Images) Len() int { return len(m.labels) }

// Label returns the class of image i.
func (m *Images) Label(i int) int { return m.labels[i] }

// Classes returns the names of the textures.
func (m *Images) Classes() []string {
	names := make([]string, len(classes))
	for c := range classes {
		names[c] = classes[c].name
	}
	return names
}

// Name returns a name such as "train/stripes/17".
func (m *Images) Name(i int) string {
	return fmt.Sprintf("%v/%s/%d", m.part, classes[m.labels[i]].name, i)
}

// Image draws image i, or returns it if it was drawn before. The error is nil.
func (m *Images) Image(i int) (*rgb.Image, error) {
	if p := m.drawn[i].Load(); p != nil {
		return p, nil
	}
	stream := rng.New(m.knobs.Seed, rng.Synth, 1+uint32(m.part), uint32(i), 0)
	p := draw(&stream, m.knobs, classes[m.labels[i]].ink)
	m.drawn[i].CompareAndSwap(nil, p)
	return p, nil
}
