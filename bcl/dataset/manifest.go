package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// manifestFormat names the version of [Manifest].
const manifestFormat = "bcl split 1"

// Manifest is JSON next to an index list: how to make the list again, and how to check
// that it is the same.
type Manifest struct {
	Format string `json:"format"`
	SplitSpec
	Source  ManifestSource  `json:"source"`
	Exclude *ManifestFile   `json:"exclude,omitempty"`
	Samples int             `json:"samples"`
	Classes []ManifestClass `json:"classes"`
	List    ManifestFile    `json:"list"`
}

// ManifestSource is the data set that a list selects from.
type ManifestSource struct {
	Name        string `json:"name"` // as given when it was made; not checked
	Samples     int    `json:"samples"`
	Fingerprint string `json:"fingerprint"` // see [Fingerprint]
}

// ManifestFile is an index list: its name and the SHA-256 of its bytes.
type ManifestFile struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// ManifestClass is a class and its images in the list.
type ManifestClass struct {
	Name   string `json:"name"`
	Images int    `json:"images"`
	Group  string `json:"group,omitempty"` // Many, Medium or Few, of a long tail
}

// ManifestPath returns the path of the manifest of a list: next to it, with .json for
// .npy.
func ManifestPath(list string) string {
	return strings.TrimSuffix(list, ".npy") + ".json"
}

// Write writes the list to path, which must end in .npy, and its manifest next to it.
// source is the name of the data set in the manifest, excluded the file of the excluded
// samples, if any. Without overwrite, existing files are an error; with it, a file with
// the manifest's name that is not a manifest still is: it may be the list of images that
// the split was made from. Each file is complete or absent.
func (s *Split) Write(path, source, excluded string, overwrite bool) (*Manifest, error) {
	if filepath.Ext(path) != ".npy" {
		return nil, fmt.Errorf("%s: the name of an index list must end in .npy", path)
	}
	if err := onlyManifest(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, p := range []string{path, ManifestPath(path)} {
		if _, err := os.Lstat(p); err == nil && !overwrite {
			return nil, fmt.Errorf("%s: exists already", p)
		}
	}
	list, err := encodeIndexList(s.Indices)
	if err != nil {
		return nil, err
	}
	m := s.manifest(list, path, source, excluded)
	if err := writeFile(path, list); err != nil {
		return nil, err
	}
	return m, atomicfile.WriteFile(ManifestPath(path), m.encode)
}

func (s *Split) manifest(list []byte, path, source, excluded string) *Manifest {
	m := &Manifest{
		Format:    manifestFormat,
		SplitSpec: s.Spec,
		Source:    ManifestSource{source, s.ds.Len(), Fingerprint(s.ds)},
		Samples:   len(s.Indices),
		List:      ManifestFile{filepath.Base(path), hashOf(list)},
	}
	if s.exclude != nil {
		m.Exclude = &ManifestFile{filepath.Base(excluded), hashOf(s.exclude)}
	}
	groups := Groups(s.Counts)
	for c, name := range s.ds.Classes() {
		class := ManifestClass{Name: quote.Escape(name), Images: s.Counts[c]}
		if s.Spec.Kind == LongTail && groups[c] != NoGroup {
			class.Group = groups[c].String()
		}
		m.Classes = append(m.Classes, class)
	}
	return m
}

func (m *Manifest) encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m)
}

// ReadManifest reads a manifest. Unknown fields are an error, as they may change the
// meaning of the list.
func ReadManifest(path string) (*Manifest, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if m.Format != manifestFormat {
		return nil, fmt.Errorf("%s: format %q, expected %q", path, m.Format, manifestFormat)
	}
	return m, nil
}

// Remake makes the split of the manifest again from ds. It is an error if ds is not the
// data set that the list was made from, if exclude is not what was excluded, or if the
// list is different.
func (m *Manifest) Remake(ds Dataset, exclude []int) (*Split, error) {
	if f := Fingerprint(ds); f != m.Source.Fingerprint {
		return nil, fmt.Errorf("the list was made from %s with fingerprint %.16s..., and this data set has %.16s...: names or labels differ",
			m.Source.Name, m.Source.Fingerprint, f)
	}
	if m.Exclude == nil && len(exclude) > 0 {
		return nil, fmt.Errorf("the list was made without excluding samples")
	}
	s, err := MakeSplit(ds, m.SplitSpec, exclude)
	if err != nil {
		return nil, err
	}
	if m.Exclude != nil && hashOf(s.exclude) != m.Exclude.SHA256 {
		return nil, fmt.Errorf("the list was made without the samples of %s, whose sha256 is %s", m.Exclude.File, m.Exclude.SHA256)
	}
	list, err := encodeIndexList(s.Indices)
	if err != nil {
		return nil, err
	}
	if h := hashOf(list); h != m.List.SHA256 {
		return nil, fmt.Errorf("the list has sha256 %s now, and %s in the manifest of %s", h, m.List.File, m.List.SHA256)
	}
	return s, nil
}
