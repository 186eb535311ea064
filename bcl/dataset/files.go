package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// fileSet is a set whose samples are files.
type fileSet interface {
	// checkFile returns an error if the file of sample i is not there.
	checkFile(i int) error
}

// HasFiles reports whether the images of ds are files, each of which can be missing or
// broken. Those of CIFAR and the embedded set are in memory, whole.
func HasFiles(ds Dataset) bool {
	switch s := ds.(type) {
	case *filtered:
		return HasFiles(s.Dataset)
	case *subset:
		return HasFiles(s.Dataset)
	}
	_, ok := ds.(fileSet)
	return ok
}

// CheckFiles looks whether the file of every sample of ds is there, without reading
// any: a list that does not fit its folder is met within seconds. The error is a
// [*BrokenError], or ctx's. A set that is not made of files has none missing.
func CheckFiles(ctx context.Context, ds Dataset, opt VerifyOptions) error {
	if !HasFiles(ds) {
		return nil
	}
	return each(ctx, ds, opt, ds.(fileSet).checkFile)
}

func (f *folder) checkFile(i int) error {
	info, err := os.Stat(f.path(i))
	if err == nil && !info.Mode().IsRegular() { // opening a pipe would wait for ever
		err = fmt.Errorf("%s: %w", f.path(i), errNoFile)
	}
	return f.explain(i, err)
}

var errNoFile = errors.New("a folder or device, where a file is expected")

func (s *subset) checkFile(k int) error { return s.Dataset.(fileSet).checkFile(s.indices[k]) }
