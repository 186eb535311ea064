package dataset

import (
	"fmt"
	"path/filepath"
)

// The kinds of CIFAR, values of [Place.Kind].
const (
	CIFAR10  = "cifar10"
	CIFAR100 = "cifar100"
)

// CIFARKinds returns the kinds.
func CIFARKinds() []string { return []string{CIFAR10, CIFAR100} }

// CIFARFolder returns the folder of the files of CIFAR: place itself, or the unpacked
// archive in it. kind is [CIFAR10] or [CIFAR100], and only a data set of the other kind
// is an error. Kind "" accepts either, and a folder with both is an error: index lists of
// one often fit the other, and select the wrong images. The folder is "" if place has no
// such files.
func CIFARFolder(place, kind string) (string, error) {
	at, err := findCIFAR(place, kind)
	return at.dir, err
}

// cifarAt is a form of CIFAR in a folder.
type cifarAt struct {
	cifarForm
	dir string // "": not found
}

func (at cifarAt) String() string { return fmt.Sprintf("%s (%s)", at.kind, at.dir) }

func findCIFAR(place, kind string) (cifarAt, error) {
	var found []cifarAt // the first of each kind
	for _, form := range cifarForms {
		if n := len(found); n > 0 && found[n-1].kind == form.kind {
			continue
		}
		for _, dir := range []string{place, filepath.Join(place, form.folder)} {
			if form.here(dir) {
				found = append(found, cifarAt{form, dir})
				break
			}
		}
	}
	for _, at := range found {
		if at.kind == kind {
			return at, nil
		}
	}
	switch {
	case len(found) == 0:
		return cifarAt{}, nil
	case kind != "":
		return cifarAt{}, fmt.Errorf("data set %s: holds %v, expected %s", place, found[0], kind)
	case len(found) > 1:
		return cifarAt{}, fmt.Errorf("data set %s: holds %v and %v: give the folder of one of them", place, found[0], found[1])
	}
	return found[0], nil
}
