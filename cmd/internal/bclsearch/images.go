package bclsearch

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/jpeg"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// files is a data set of image files without labels.
type files []string

func (f files) Len() int                        { return len(f) }
func (f files) Image(i int) (*rgb.Image, error) { return rgb.DecodeFile(f[i]) }
func (f files) Label(int) int                   { return -1 }
func (f files) Classes() []string               { return nil }
func (f files) Name(i int) string               { return f[i] }

// one is a data set of an image.
type one struct {
	files
	image *rgb.Image
}

func (o one) Image(int) (*rgb.Image, error) { return o.image, nil }

// info says how images are embedded; the places are those of now, or as --run and --data say.
func (s *finder) info() (*features.Info, error) {
	if s.x.Features == nil {
		return nil, fmt.Errorf("%s does not say how images are embedded: it was not built of a folder of features", quote.Name(s.x.Dir()))
	}
	i := s.x.Features.At(s.x.Dir())
	i.Checkpoint, i.Data = cmp.Or(s.checkpoint, i.Checkpoint), cmp.Or(s.data, i.Data)
	return &i, nil
}

// place opens the images that the index was built from, by their ids. It is an error if they
// are not where they were, or are others.
func (s *finder) place() (dataset.Dataset, error) {
	info, err := s.info()
	if err != nil {
		return nil, err
	}
	var opt dataset.Options
	if c := info.Chosen; c != nil {
		opt = dataset.Options{Train: c.TrainSplit, Test: c.TestList, Unlabelled: c.Unlabelled, MaxPixels: c.MaxPixels}
		if opt.Holdout, err = dataset.ParseHoldout(c.Holdout); err != nil {
			return nil, fmt.Errorf("features.json: holdout is %w", err)
		}
	}
	p, err := dataset.Open(info.Data, opt)
	if err != nil {
		return nil, fmt.Errorf("%w (--data says where the images are now)", err)
	}
	for _, ds := range []dataset.Dataset{p.Train, p.Probe, p.Test} {
		if ds != nil && dataset.Fingerprint(ds) == info.Fingerprint {
			return ds, nil
		}
	}
	return nil, fmt.Errorf("%s has other images than those of the index (--data says where they are now)", quote.Name(info.Data))
}

// thumbSide is the side of a thumbnail here, pixels: larger than the report's, which shows more.
const thumbSide = 96

// thumbnail is the central square of an image as a page has it.
func thumbnail(m *rgb.Image) (template.URL, error) {
	side := min(thumbSide, m.W, m.H)
	small := rgb.New(side, side)
	(&augment.Pipeline{Size: side}).NewWorker().Plain(small.Pix, m, side)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 85}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
