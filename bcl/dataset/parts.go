package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// partLists are the list files of a data set. Each part has no list, an index list that
// selects samples, or a list of files that defines it.
type partLists struct {
	indices [3]string  // of Train, Probe and Test; "" for none
	files   [3]*folder // of the same; nil for none
}

// openLists reads the lists that define parts; index lists are read later.
func openLists(place string, opt Options) (l partLists, err error) {
	for i, list := range []string{opt.Train, opt.Probe, opt.Test} {
		if list == "" {
			continue
		}
		indices, err := IsIndexList(list)
		if err != nil {
			return l, err
		}
		if indices {
			l.indices[i] = list
		} else if l.files[i], err = readList(place, list, opt); err != nil {
			return l, err
		}
	}
	return l, nil
}

// onlyIndices refuses lists of files for a data set that is not a folder of images.
func (l partLists) onlyIndices(kind string) error {
	for _, f := range l.files {
		if f != nil {
			return &ListError{List: f.origin.list,
				Problem: fmt.Sprintf("a list of image files, but %s has no files: give an index list (.npy)", kind)}
		}
	}
	return nil
}

// choose selects samples of the parts of p by index lists. Indices count in the complete
// part, images without a label included.
func (p *Place) choose(lists [3]string) error {
	for i, part := range p.parts() {
		if lists[i] == "" {
			continue
		}
		if *part.ds == nil {
			return fmt.Errorf("%s: %s has no %s images to select from", lists[i], p.Path, part.name)
		}
		var err error
		if *part.ds, err = SubsetFile(*part.ds, lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// openFolder makes a data set of sub-folders and lists of files.
func openFolder(place string, opt Options, lists partLists) (*Place, error) {
	dirs := findParts(place)
	p := &Place{Kind: Folder, Path: place}
	train, probe, test := lists.files[0], lists.files[1], lists.files[2]
	if train == nil {
		var errTrain, errTest error
		train, errTrain = readFolder(place, dirs.train, opt)
		if test == nil && dirs.test != "" {
			test, errTest = readFolder(place, dirs.test, opt.labelled())
		}
		if err := errors.Join(errTrain, errTest); err != nil {
			return nil, err
		}
		p.Notes = dirs.notes(place)
	}
	largest, err := agree(place, train, probe, test)
	if err != nil {
		return nil, err
	}
	for _, f := range lists.files[:2] {
		if f == nil {
			continue
		}
		if err := f.everyClass(largest); err != nil {
			return nil, err
		}
	}
	if test == nil && dirs.test != "" {
		if test, err = testFolder(train, dirs.test, opt); err != nil {
			return nil, err
		}
		taken := "the test images"
		if test == nil {
			taken = "left out, as its classes are not those of " + train.called()
		}
		p.Notes = append(p.Notes, fmt.Sprintf("%s: %s/ is %s", quote.Name(place), quote.Name(dirs.test), taken))
	}
	p.Train = train
	if probe != nil {
		p.Probe = probe
	} else if train.classes != nil {
		p.Probe = train
	}
	if test != nil {
		p.Test = test
	}
	for _, f := range []*folder{train, test} {
		if f != nil {
			p.Notes = append(p.Notes, f.notes...)
		}
	}
	return p, nil
}

// labelled is opt for parts other than the training part.
func (opt Options) labelled() Options {
	opt.Unlabelled = false
	return opt
}

// agree makes the classes of all parts the same. Folders and JSON name theirs, which must
// be equal; text lists, which only number them, take those names. Without names the
// classes are numbers up to the largest label of all; that label's part is returned then.
func agree(place string, parts ...*folder) (largest *folder, err error) {
	var named *folder
	top := -1
	for _, f := range parts {
		switch {
		case f == nil || f.classes == nil && f.labels == nil:
		case f.classes == nil:
			if most := slices.Max(f.labels); most > top {
				top, largest = most, f
			}
		case named == nil:
			named = f
		case !slices.Equal(f.classes, named.classes):
			return nil, fmt.Errorf("%s: %s", quote.Name(place), classDifference(named.called(), named.classes, f.called(), f.classes))
		}
	}
	classes := numbers(top + 1)
	if named != nil {
		classes, largest = named.classes, nil
	}
	for _, f := range parts {
		if f != nil && f.labels != nil && f.classes == nil {
			if err := f.setClasses(classes); err != nil {
				return nil, err
			}
		}
	}
	return largest, nil
}

// called is the name of a part in errors: its list, or its sub-folder.
func (f *folder) called() string {
	if f.origin != nil {
		return quote.Name(f.origin.list)
	}
	part, _, _ := strings.Cut(f.files.at(0), "/")
	return quote.Name(part)
}

// testFolder reads the test folder for a training list, or returns nil if its classes are
// not the list's: class c of the list must be the c-th class folder, which its images lie
// in (train/n01440764/1.JPEG, test/n01440764/2.JPEG).
func testFolder(train *folder, part string, opt Options) (*folder, error) {
	test, err := readFolder(train.root, part, opt.labelled())
	if err != nil {
		return nil, err
	}
	if len(test.classes) != len(train.classes) {
		return nil, nil
	}
	for i, label := range train.labels {
		if label >= 0 && !strings.Contains("/"+train.files.at(i), "/"+test.classes[label]+"/") {
			return nil, nil
		}
	}
	test.classes = train.classes
	return test, nil
}
