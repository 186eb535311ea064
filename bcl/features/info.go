package features

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Names of files in the folder.
const (
	InfoFile   = "features.json"
	LabelsFile = "labels.npy"
)

// Layer is the output of a part of a network, such as its features or its projection.
type Layer struct {
	Name  string `json:"name"`
	Width int    `json:"width"`
}

// Chosen is what chose the images of the data, by the names of bcl-train's flags; the lists
// are absolute.
type Chosen struct {
	TrainSplit string `json:"train_split,omitempty"`
	TestList   string `json:"test_list,omitempty"`
	Holdout    string `json:"holdout,omitempty"`
	Unlabelled bool   `json:"unlabelled,omitempty"`
	MaxPixels  int    `json:"max_pixels,omitempty"`
}

// Info is features.json: what the vectors are and of what.
type Info struct {
	Format      int       `json:"format"` // of the folder: 1
	Program     string    `json:"program"`
	Complete    bool      `json:"complete"`
	Samples     int       `json:"samples"`
	Layers      []Layer   `json:"layers"`
	DType       string    `json:"dtype"`     // float32 or float16
	Normalize   bool      `json:"normalize"` // each vector has length 1
	Labelled    int       `json:"labelled"`  // samples with a label
	Classes     []string  `json:"classes"`
	Checkpoint  string    `json:"checkpoint"` // absolute
	SHA256      string    `json:"sha256"`     // of the checkpoint
	Epoch       int       `json:"epoch"`
	Data        string    `json:"data"` // absolute, or a name
	Part        string    `json:"part"` // of the data
	Chosen      *Chosen   `json:"chosen,omitempty"`
	Fingerprint string    `json:"fingerprint"` // of their names and labels
	Size        int       `json:"size"`        // of the images, pixels
	Resize      int       `json:"resize"`
	Filter      string    `json:"filter"` // of the resize
	Network     string    `json:"network"`
	Mean        []float32 `json:"mean,omitempty"` // of the input's channels, that weights of others take
	Std         []float32 `json:"std,omitempty"`
	// The places seen from the folder of the file ([Info.At]).
	CheckpointHere string `json:"checkpoint_from_here,omitempty"`
	DataHere       string `json:"data_from_here,omitempty"`
}

func (i *Info) dtype() (dtype.DType, error) {
	switch i.DType {
	case "float32":
		return dtype.Float32, nil
	case "float16":
		return dtype.Float16, nil
	}
	return 0, fmt.Errorf("dtype is %q, expected float32 or float16", i.DType)
}

// Check returns an error if no folder can have these.
func (i *Info) Check() error {
	if i.Format != 1 {
		return fmt.Errorf("format %d, expected 1: it was written by another version of bcl-eval", i.Format)
	}
	if i.Samples < 1 || len(i.Layers) == 0 {
		return fmt.Errorf("%d samples of %d layers, expected at least 1 of each", i.Samples, len(i.Layers))
	}
	seen := map[string]bool{"labels": true, "row": true, "name": true, "class": true, "label": true} // what is beside them
	for _, l := range i.Layers {
		if l.Name == "" || strings.ContainsAny(l.Name, "/\\.") || seen[l.Name] || l.Width < 1 {
			return fmt.Errorf("a layer %s of width %d: expected a name of its own, without / and dots, and at least 1", quote.Name(l.Name), l.Width)
		}
		seen[l.Name] = true
	}
	_, err := i.dtype()
	return err
}

// ReadInfo reads features.json of a folder.
func ReadInfo(dir string) (*Info, error) {
	path := filepath.Join(dir, InfoFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no folder of features: it has no %s; bcl-eval embed writes one (%w)", quote.Name(dir), InfoFile, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	i := &Info{}
	if err := json.Unmarshal(text, i); err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Name(path), err)
	}
	if err := i.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Name(path), err)
	}
	for c, name := range i.Classes {
		i.Classes[c] = quote.Unescape(name)
	}
	return i, nil
}

func (i *Info) write(dir string) error {
	return atomicfile.WriteFile(filepath.Join(dir, InfoFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		written := *i
		written.Classes = quote.EscapeAll(i.Classes)
		return e.Encode(written)
	})
}

// Comparable returns an error if the vectors of two folders cannot be compared: of other weights,
// of images that the network saw otherwise, or some scaled to length 1 and others not.
func Comparable(a, b *Info) error {
	for _, d := range []struct {
		what string
		a, b any
	}{
		{"weights (SHA-256)", a.SHA256, b.SHA256}, {"--normalize", a.Normalize, b.Normalize}, {"--size", a.Size, b.Size},
		{"--resize", a.Resize, b.Resize}, {"--interpolation", a.Filter, b.Filter}, {"network", a.Network, b.Network}, {"--mean", a.Mean, b.Mean}, {"--std", a.Std, b.Std},
	} {
		if a, b := fmt.Sprint(d.a), fmt.Sprint(d.b); a != b {
			return fmt.Errorf("%s: %.60s and %.60s; bcl-eval embed with the same makes them comparable", d.what, a, b)
		}
	}
	return nil
}

// differences says what of the vectors differs from another's: nothing if an interrupted
// writer of one may continue with the other.
func (i *Info) differences(o *Info) (out []string) {
	for _, d := range []struct {
		what string
		a, b any
	}{
		{"weights (SHA-256)", i.SHA256, o.SHA256}, {"images (fingerprint)", i.Fingerprint, o.Fingerprint},
		{"samples", i.Samples, o.Samples}, {"layers", i.Layers, o.Layers}, {"dtype", i.DType, o.DType},
		{"normalize", i.Normalize, o.Normalize}, {"size", i.Size, o.Size}, {"resize", i.Resize, o.Resize},
		{"filter", i.Filter, o.Filter}, {"network", i.Network, o.Network}, {"part", i.Part, o.Part}, {"mean", i.Mean, o.Mean}, {"std", i.Std, o.Std},
	} {
		if a, b := fmt.Sprint(d.a), fmt.Sprint(d.b); a != b {
			out = append(out, fmt.Sprintf("%s: %.60s, not %.60s", d.what, a, b))
		}
	}
	return out
}
