package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/jpeg"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Pictures are images of a run and the views that training makes of them.
type Pictures struct {
	Most, Least []Boosted // by their weight
	// Ladders are images with their views at each of Weights.
	Weights []float64
	Ladders []Boosted
}

// Boosted is a sample with its views.
type Boosted struct {
	Name, Class string // Class is "" without a label
	Weight      float64
	Image       *rgb.Image
	Views       []*rgb.Image
}

// ThumbSide is the side of a thumbnail, in pixels.
const ThumbSide = 56

// thumb is an image as the page has it.
type thumb struct {
	URL  template.URL
	Text string // for screen readers and under the pointer
}

// newThumb shrinks an image to its central square of at most side pixels.
func newThumb(m *rgb.Image, side int, text string) (thumb, error) {
	if m == nil {
		return thumb{Text: text}, nil
	}
	side = min(side, m.W, m.H)
	small := rgb.New(side, side)
	(&augment.Pipeline{Size: side}).NewWorker().Plain(small.Pix, m, side)
	url, err := dataURL(small, 82)
	return thumb{url, text}, err
}

func dataURL(m *rgb.Image, quality int) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// strip is a sample of a gallery.
type strip struct {
	Title string
	Class string
	Image thumb
	Views []thumb
}

func (b Boosted) strip(weights []float64) (s strip, err error) {
	b.Name, b.Class = quote.Name(b.Name), quote.Name(b.Class)
	s.Title, s.Class = b.Name, b.Class
	what := "image " + b.Name
	if b.Class != "" {
		what += ", " + b.Class
	}
	if s.Image, err = newThumb(b.Image, ThumbSide, fmt.Sprintf("%s, weight %.2f", what, b.Weight)); err != nil {
		return s, err
	}
	for i, v := range b.Views {
		w := b.Weight
		if weights != nil {
			w = weights[i]
		}
		t, err := newThumb(v, ThumbSide, fmt.Sprintf("view at weight %.2f", w))
		if err != nil {
			return s, err
		}
		s.Views = append(s.Views, t)
	}
	return s, nil
}
