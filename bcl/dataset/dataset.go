package dataset

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// Dataset is a list of images, some of them labelled.
type Dataset interface {
	// Len returns the number of samples.
	Len() int
	// Image returns sample i, upright and in 8-bit RGB. The caller must not
	// modify it: it may be shared. Image is safe for concurrent use.
	Image(i int) (*rgb.Image, error)
	// Label returns the class of sample i, an index into Classes, or -1.
	Label(i int) int
	// Classes returns the names of the classes, nil without classes.
	Classes() []string
	// Name returns the name of sample i in errors and lists, such as "train/cat/12.png"
	// or "data_batch_1: record 17".
	Name(i int) string
}

// Place is a data set on disk as [Open] found it, with its parts, which other libraries
// call splits. A [Split] is the paper's term, a long-tailed selection of samples.
type Place struct {
	// Kind is [Embedded], [CIFAR10], [CIFAR100], [IDX], [Folder], [Tar] or [Parquet].
	Kind string
	// Path is its path as given, or the folder found in it.
	Path string
	// Train is the training set. Training does not need its labels.
	Train Dataset
	// Probe has the labelled samples that a linear probe is fitted on. It is the complete
	// training set for CIFAR and folders, even if an index list selects what to train on
	// (it has an index list of its own), and nil if nothing is labelled. Index lists
	// ([SubsetFile], [ReadRows]) count in all of the part, images without a label
	// included; so they do in Test.
	Probe Dataset
	// Test is held out from training; nil if the data set has none. If only some of its
	// samples are labelled, it has only those.
	Test Dataset
	// Notes say what of a folder was taken for what, and what was left out.
	Notes []string
}

// part is a part of a data set, with its name in messages.
type part struct {
	name string
	ds   *Dataset // of nil if the data set lacks the part
}

func (p *Place) parts() []part {
	return []part{{"training", &p.Train}, {"probe", &p.Probe}, {"test", &p.Test}}
}

// Replace calls f with each part of p, named "training", "probe" or "test", and replaces
// the part by the result. A probe that is the training part remains so. With [SkipBroken]
// it removes the samples that cannot be read from a data set.
func (p *Place) Replace(f func(part string, ds Dataset) (Dataset, error)) (err error) {
	same := p.Probe == p.Train
	for _, part := range p.parts() {
		switch {
		case *part.ds == nil:
		case part.ds == &p.Probe && same:
			p.Probe = p.Train
		default:
			if *part.ds, err = f(part.name, *part.ds); err != nil {
				return fmt.Errorf("%s images: %w", part.name, err)
			}
		}
	}
	return nil
}

// Counts returns how many samples of ds each class has. unlabelled is the number of
// samples without a label.
func Counts(ds Dataset) (counts []int, unlabelled int) {
	counts = make([]int, len(ds.Classes()))
	for i := range ds.Len() {
		if c := ds.Label(i); c >= 0 {
			counts[c]++
		} else {
			unlabelled++
		}
	}
	return counts, unlabelled
}
