package dataset

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// memory is a data set of one-pixel images for tests; sample i has value i.
type memory struct {
	labels  []int
	classes []string
	broken  map[int]bool
}

// balanced returns classes x each samples; neighbours have different classes.
func balanced(classes, each int) *memory {
	m := &memory{}
	for i := range classes * each {
		m.labels = append(m.labels, i%classes)
	}
	for c := range classes {
		m.classes = append(m.classes, fmt.Sprintf("class%d", c))
	}
	return m
}

func (m *memory) Len() int          { return len(m.labels) }
func (m *memory) Label(i int) int   { return m.labels[i] }
func (m *memory) Classes() []string { return m.classes }
func (m *memory) Name(i int) string { return fmt.Sprintf("sample %d", i) }

func (m *memory) Image(i int) (*rgb.Image, error) {
	if m.broken[i] {
		return nil, fmt.Errorf("%s: %w", m.Name(i), errors.New("broken"))
	}
	p := rgb.New(1, 1)
	p.Pix[0] = uint8(i)
	return p, nil
}
