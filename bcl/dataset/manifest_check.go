package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// checkManifest compares ds and the list at path with the manifest next to the list.
// Lists without one, such as the published ones, are accepted.
func checkManifest(ds Dataset, path string) error {
	m, _, err := manifestOf(path)
	if m == nil {
		return err // or an unrelated file of that name
	}
	h, err := FileHash(path)
	if err != nil {
		return err
	}
	if h != m.List.SHA256 {
		return fmt.Errorf("%s: sha256 %s, but %s has %s: one of them was replaced",
			path, h, ManifestPath(path), m.List.SHA256)
	}
	if f := Fingerprint(ds); f != m.Source.Fingerprint {
		return fmt.Errorf("%s: was made for %s with %s samples (fingerprint %.16s...), and this data set has %s samples (%.16s...)",
			path, m.Source.Name, thousands(m.Source.Samples), m.Source.Fingerprint, thousands(ds.Len()), f)
	}
	return nil
}

// onlyManifest returns an error if the path of the manifest of the list at path has a
// file that is not a manifest.
func onlyManifest(path string) error {
	if m, there, err := manifestOf(path); m != nil || !there {
		return err
	}
	return fmt.Errorf("its manifest would replace %s, which is not a manifest of a list (format %q): "+
		"choose another name for the list, or move that file away", ManifestPath(path), manifestFormat)
}

// manifestOf returns the manifest of the list at path; nil if there is no file, or another
// one.
func manifestOf(path string) (m *Manifest, there bool, err error) {
	text, err := os.ReadFile(ManifestPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	m = new(Manifest)
	if json.Unmarshal(text, m) != nil || m.Format != manifestFormat {
		return nil, true, nil
	}
	return m, true, nil
}
