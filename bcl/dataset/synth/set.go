package synth

import (
	"fmt"
	"math"
	"slices"
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

// Part returns one part of the data set of k.
func (k Knobs) Part(p Part) *Images {
	var labels []int
	for c, n := range k.counts(p) {
		labels = append(labels, slices.Repeat([]int{c}, n)...)
	}
	// Classes are mixed: the position of a sample must not reveal its class.
	order := make([]int, len(labels))
	stream := rng.New(k.Seed, rng.Synth, 0, uint32(p), 0)
	stream.Perm(order)
	m := &Images{part: p, knobs: k, drawn: make([]atomic.Pointer[rgb.Image], len(order))}
	for _, i := range order {
		m.labels = append(m.labels, labels[i])
	}
	return m
}

// counts returns the number of images per class. The training part is long-tailed as in
// the paper: Largest * Imbalance^(-r/(C-1)) for the class of rank r.
func (k Knobs) counts(p Part) []int {
	switch p {
	case Probe:
		return slices.Repeat([]int{k.Probe}, len(classes))
	case Test:
		return slices.Repeat([]int{k.Test}, len(classes))
	}
	ranked := k.ByFrequency
	if ranked == nil {
		ranked = ByFrequency()
	}
	counts := make([]int, len(classes))
	for rank, c := range ranked {
		r := float64(rank) / float64(len(classes)-1)
		counts[c] = int(float64(k.Largest) * math.Pow(k.Imbalance, -r))
	}
	return counts
}

// ByFrequency lists the classes of the training part from the most frequent to the rarest.
func ByFrequency() []int {
	ranked := make([]int, len(classes))
	for c := range classes {
		ranked[classes[c].rank] = c
	}
	return ranked
}

// Images is one part, drawn lazily; it has the methods of dataset.Dataset.
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

// Image draws image i, once. The error is nil.
func (m *Images) Image(i int) (*rgb.Image, error) {
	if p := m.drawn[i].Load(); p != nil {
		return p, nil
	}
	stream := rng.New(m.knobs.Seed, rng.Synth, 1+uint32(m.part), uint32(i), 0)
	p := draw(&stream, m.knobs, classes[m.labels[i]].ink)
	m.drawn[i].CompareAndSwap(nil, p)
	return p, nil
}
