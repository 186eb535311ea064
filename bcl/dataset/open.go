package dataset

import (
	"fmt"
	"os"
)

// Embedded is the data set that needs no files.
const Embedded = "embedded"

// Folder is the kind of a data set of image files.
const Folder = "folder"

// Options configures [Open]. The zero value is a good choice.
type Options struct {
	// CacheBytes limits the decoded images of folders that are kept in memory, for each
	// of train and test. 0 means [DefaultCacheBytes]; below 0 disables the cache. CIFAR
	// and the embedded set are always in memory.
	CacheBytes int64

	// Train, Probe and Test are list files that select samples of the parts, or define
	// them.
	//
	// A .npy file selects: its indices count in the training set (Train), in what the
	// probe would be without the list (Probe), or in the test set (Test), images without
	// a label included ([ReadRows]).
	//
	// A text file of lines "relative/path label", and JSON in the format of iNaturalist
	// and COCO, define: the part is the images that they list, by paths below the data
	// set's folder, which is not searched for that part. Each class must have an image in
	// such a list for Train or Probe. Without Probe, Train is the probe too. Without
	// Test, a sub-folder test or val is the test part if its classes are those of the
	// list.
	Train, Probe, Test string
}

// DefaultCacheBytes is five times 60,000 images of 32 x 32.
const DefaultCacheBytes = 1 << 30

// Open returns the parts of place: "embedded", a folder with CIFAR-10 or CIFAR-100 in
// their binary or Python form (or a folder that holds one of them: [CIFARFolder]), or a
// folder of JPEG and PNG files.
//
// In a folder of images, sub-folders train and test (or val) are the parts; without them
// all of it is the training part. Sub-folders of a part are its classes; a part that has
// images but no sub-folders is unlabelled. List files in opt select samples of the parts,
// or define parts instead of the sub-folders.
func Open(place string, opt Options) (*Place, error) {
	lists, err := openLists(place, opt)
	if err != nil {
		return nil, err
	}
	found, err := find(place, opt, lists)
	if err != nil {
		return nil, err
	}
	p := *found // the embedded set is shared
	p.Probe, p.Test = labelled(p.Probe), labelled(p.Test)
	return &p, p.choose(lists.indices)
}

// find opens the whole data set.
func find(place string, opt Options, lists partLists) (*Place, error) {
	if place == Embedded {
		return openEmbedded(), lists.onlyIndices(Embedded)
	}
	if place == "" {
		return nil, fmt.Errorf("no data set named: give a folder, or %q", Embedded)
	}
	info, err := os.Stat(place)
	if err != nil {
		return nil, fmt.Errorf("data set: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("data set %s: a file, expected a folder (or %q)", place, Embedded)
	}
	at, err := findCIFAR(place, "")
	if err != nil {
		return nil, err
	}
	if at.dir == "" {
		return openFolder(place, opt, lists)
	}
	if err := lists.onlyIndices(at.kind); err != nil {
		return nil, err
	}
	return at.open(at.dir)
}

// isDir reports whether path is a folder, or a link to one.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isFile reports whether path exists and is not a folder.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
