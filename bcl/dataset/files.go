package dataset

import (
	"context"
	"fmt"
	"os"

	"github.com/bcl-go/bcl/bcl/quote"
)

// HasFiles reports whether the images of ds are files, which can be missing or broken.
// CIFAR and the embedded set are in memory.
func HasFiles(ds Dataset) bool { return fileCheck(ds) != nil }

// CheckFiles checks that the file of every sample of ds exists, without reading it: a
// list that does not fit its folder is found within seconds. The error is a
// [*BrokenError], or ctx's. Data sets that are not files always pass.
func CheckFiles(ctx context.Context, ds Dataset, opt VerifyOptions) error {
	check := fileCheck(ds)
	if check == nil {
		return nil
	}
	return each(ctx, ds, opt, check)
}

// fileCheck returns a function that returns an error if the file of sample i does not
// exist; nil if the samples are not files.
func fileCheck(ds Dataset) func(i int) error {
	switch s := ds.(type) {
	case *folder:
		return s.checkFile
	case *shards: // which are indexed
		return func(int) error { return nil }
	case *filtered:
		return fileCheck(s.subset)
	case *subset:
		if check := fileCheck(s.Dataset); check != nil {
			return func(k int) error { return check(s.indices[k]) }
		}
	}
	return nil
}

func (f *folder) checkFile(i int) error {
	if err := f.bad[f.files.at(i)]; err != nil {
		return err
	}
	info, err := os.Stat(f.path(i))
	if err == nil && !info.Mode().IsRegular() { // opening a pipe would block forever
		err = fmt.Errorf("%s: a folder or device, expected a file", quote.Name(f.path(i)))
	}
	return f.explain(i, quote.Error(err))
}
