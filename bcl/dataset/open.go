package dataset

import (
	"context"
	"fmt"
	"os"
)

// Embedded is the data set that needs no files.
const Embedded = "embedded"

// Folder is the kind of a data set of image files.
const Folder = "folder"

// Options configures [Open]. The zero value is a good choice.
type Options struct {
	// Cache keeps decoded images of files in memory; nil means one of [DefaultCacheBytes]
	// for this data set. CIFAR and the embedded set are always in memory.
	Cache *Cache

	// MaxPixels is the largest image that is read; 0 means [rgb.MaxPixels].
	MaxPixels int

	// IndexDir is where the indexes of large files are kept; "": see [shard.Options]. Indexing,
	// if set, is called while one is made, after each of total files. Context, if set, ends that.
	IndexDir string
	Indexing func(done, total int)
	Context  context.Context

	// Damaged, if set, is called when an image is decoded although its file is damaged
	// ([rgb.Decoder]). Calls may be concurrent, and repeat for images that are not cached.
	Damaged func(path string, damage error)

	// Unlabelled takes all images of the training part of a folder, at any depth, and
	// leaves their sub-folders without a meaning.
	Unlabelled bool

	// Holdout makes test images for a data set without any. With Test, the images that it
	// holds out are left out of the other parts, and those of Test are tested on.
	Holdout Holdout

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
	// Test, a sub-folder for testing is the test part if its classes are those of the
	// list.
	Train, Probe, Test string
}

// Open returns the parts of place: "embedded" ([IsEmbedded] has its forms), a folder with CIFAR-10 or CIFAR-100 in
// their binary or Python form (or a folder that holds one of them: [CIFARFolder]), one with
// MNIST's files or those of a set in its form ([IDX]), a folder of image files, or large files
// with many images: a .tar or .parquet file, several by braces ("train-{000..099}.tar"), or a
// folder with nothing else.
//
// In a folder of images, sub-folders train and test (or training, testing, val, valid,
// validation, eval, evaluation, dev, in any case) are the parts; without train all of it
// is the training part. Sub-folders of a part are its classes; a part that has images
// beside them, or no sub-folders, is unlabelled, and all images in it are taken.
// Sub-folders without images are left out. One that cannot be read counts as a broken
// image, as a broken link does ([CheckFiles]). List files in opt select samples of the
// parts, or define parts instead of the sub-folders.
func Open(place string, opt Options) (*Place, error) {
	if opt.Cache == nil {
		opt.Cache = NewCache(DefaultCacheBytes)
	}
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
	if err := p.choose(lists.indices); err != nil {
		return nil, err
	}
	return &p, p.holdOut(opt.Holdout, opt.Test != "")
}

// find opens the whole data set.
func find(place string, opt Options, lists partLists) (*Place, error) {
	if IsEmbedded(place) {
		if err := lists.onlyIndices(Embedded); err != nil {
			return nil, err
		}
		return openEmbedded(place)
	}
	if place == "" {
		return nil, fmt.Errorf("no data set named: give a folder, or %q", Embedded)
	}
	large, err := findShards(place)
	if err != nil {
		return nil, err
	}
	if large != nil {
		if err := lists.onlyIndices(large.kind.Name); err != nil {
			return nil, err
		}
		return openShards(large, opt)
	}
	info, err := os.Stat(place)
	if err != nil {
		return nil, fmt.Errorf("data set: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("data set %s: a file, expected a folder, .tar or .parquet (or %q)", place, Embedded)
	}
	if isIDX(place) {
		if err := lists.onlyIndices(IDX); err != nil {
			return nil, err
		}
		return openIDX(place)
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

// isFile reports whether path is there and no folder.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
