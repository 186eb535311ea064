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
	// Classes returns the names of the classes, nil when there are none.
	Classes() []string
	// Name returns how errors and lists call sample i, such as
	// "train/cat/12.png" or "data_batch_1: record 17".
	Name(i int) string
}

// Place is where images come from and what [Open] found there: its parts, which are the
// splits of other libraries. A [Split] is the paper's, a long-tailed choice of samples.
type Place struct {
	// Kind is [Embedded], [CIFAR10], [CIFAR100] or [Folder].
	Kind string
	// Path is where it is, as given, or the folder found inside that.
	Path string
	// Train is what training draws from. Its labels are not needed for that.
	Train Dataset
	// Probe has the labelled samples that a linear probe is fitted on. It is
	// the training set itself for CIFAR and folders, whole even where an index
	// list chooses what to train on (narrow it with one of its own), and nil when
	// nothing is labelled. Index lists ([SubsetFile], [ReadRows]) count in all of
	// the part, images without a label included; so they do in Test.
	Probe Dataset
	// Test is held out from training; nil when the place has none. If some of its
	// samples are labelled and others are not, it has those that are.
	Test Dataset
	// Notes say what of a folder was taken for what, and what was left out.
	Notes []string
}

// part is a part of a place, under the name that messages call it.
type part struct {
	name string
	ds   *Dataset // of nil if the place lacks the part
}

func (p *Place) parts() []part {
	return []part{{"training", &p.Train}, {"probe", &p.Probe}, {"test", &p.Test}}
}

// Replace calls f with each part that p has, named "training", "probe" or "test", and
// makes what it returns that part. A probe that is the training part stays so. With
// [SkipBroken] it takes what cannot be read out of a whole place.
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

// Counts returns how many samples of ds each class has. Samples without a label
// are counted in unlabelled.
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
