package synth

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// Many is a training part of any number of images, which are drawn each time: it takes no
// memory for each. Its classes are as frequent as those of [Train]. It has the methods of
// dataset.Dataset.
type Many struct {
	n     int
	knobs Knobs
	cycle *Images // whose classes repeat
}

// Many returns n images.
func (k Knobs) Many(n int) *Many { return &Many{n, k, k.Part(Train)} }

// Len returns the number of images.
func (m *Many) Len() int { return m.n }

// Label returns the class of image i.
func (m *Many) Label(i int) int { return m.cycle.Label(i % m.cycle.Len()) }

// Classes returns the names of the textures.
func (m *Many) Classes() []string { return m.cycle.Classes() }

// Name returns a name such as "train/stripes/17".
func (m *Many) Name(i int) string {
	return fmt.Sprintf("%v/%s/%d", Train, classes[m.Label(i)].name, i)
}

// Image draws image i. The error is nil.
func (m *Many) Image(i int) (*rgb.Image, error) {
	stream := rng.New(m.knobs.Seed, rng.Synth, 1+uint32(Test)+1, uint32(i), 0)
	return draw(&stream, m.knobs, classes[m.Label(i)].ink), nil
}
