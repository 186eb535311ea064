package dataset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Names of the sub-folders for a part, in any case, the first that is there. They are those
// of Hugging Face's imagefolder, whose validation and test are one part here.
var (
	trainNames = []string{"train", "training"}
	testNames  = []string{"test", "testing", "val", "valid", "validation", "eval", "evaluation", "dev"}
)

// partDirs are the sub-folders for training and test, "" for none: without one for
// training all of the folder is that.
type partDirs struct {
	train, test string
	aside       []string // what is in no part
	class       string   // what has a name of the test part, and is a class
}

func findParts(place string) (d partDirs) {
	top, err := listDir(place)
	if err != nil {
		return d // which matters, and is said, where the folder itself is read
	}
	d.train, d.test = choosePart(top.dirs, trainNames), choosePart(top.dirs, testNames)
	if d.train == "" {
		return partDirs{class: d.test}
	}
	for _, dir := range top.dirs {
		if dir != d.train && dir != d.test {
			d.aside = append(d.aside, dir+"/")
		}
	}
	d.aside = append(d.aside, kinds(slices.Concat(top.images, top.others))...)
	return d
}

// choosePart returns the directory of the first of names, spelt as it is if possible.
func choosePart(dirs, names []string) string {
	for _, name := range names {
		if slices.Contains(dirs, name) {
			return name
		}
		if i := slices.IndexFunc(dirs, func(dir string) bool { return strings.EqualFold(dir, name) }); i >= 0 {
			return dirs[i]
		}
	}
	return ""
}

// notes say what was taken for what, and left out ([Place]).
func (d partDirs) notes(place string) (notes []string) {
	place = quote.Name(place)
	if d.class != "" {
		notes = append(notes, fmt.Sprintf("%s: %s/ is trained on as any sub-folder is: test images need a train/ beside them", place, quote.Name(d.class)))
	}
	if d.train == "" {
		return notes
	}
	line := fmt.Sprintf("%s: %s/ is for training", place, quote.Name(d.train))
	if d.test != "" {
		line += fmt.Sprintf(", %s/ for testing", quote.Name(d.test))
	}
	if d.aside != nil {
		line += ", left out: " + atMost(5, d.aside)
	}
	return append(notes, line)
}
