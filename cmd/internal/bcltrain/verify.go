package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// verify reads every image of ds but those with a name that is in read, into which it
// puts the others, and returns those that can be read. Without --skip-broken it is an
// error if one cannot. what is what the images are for.
func (o *options) verify(ctx context.Context, ds dataset.Dataset, what string, read map[string]bool, stderr io.Writer) (dataset.Dataset, error) {
	var unread []int
	for i := range ds.Len() {
		if !read[ds.Name(i)] {
			unread = append(unread, i)
		}
	}
	if unread == nil {
		return ds, nil
	}
	others, err := dataset.Subset(ds, unread)
	if err != nil {
		return nil, err
	}
	broken, err := o.broken(ctx, others, what, stderr)
	if err != nil {
		return nil, err
	}
	bad := make(map[string]bool, len(broken))
	for _, b := range broken {
		bad[b.Name] = true
	}
	var good []int
	for i := range ds.Len() {
		if name := ds.Name(i); !bad[name] {
			read[name] = true
			good = append(good, i)
		}
	}
	switch len(good) {
	case ds.Len():
		return ds, nil
	case 0:
		return nil, &dataset.BrokenError{Broken: broken, Total: ds.Len()}
	}
	return dataset.Subset(ds, good)
}

// broken reads every image of ds and returns those that --skip-broken leaves out.
func (o *options) broken(ctx context.Context, ds dataset.Dataset, what string, stderr io.Writer) ([]dataset.Broken, error) {
	if !o.skipBroken {
		// What is missing is known within seconds, what is broken only once all is read.
		if err := dataset.CheckFiles(ctx, ds, dataset.VerifyOptions{}); err != nil {
			return nil, fmt.Errorf("%w\n(--skip-broken goes on without them)", err)
		}
	}
	bar := cli.NewProgress(stderr, "reading "+what, ds.Len())
	defer bar.Clear()
	err := dataset.Verify(ctx, ds, dataset.VerifyOptions{Progress: func(done, _ int) { bar.Set(done, "") }})
	var found *dataset.BrokenError
	switch {
	case !errors.As(err, &found):
		return nil, err
	case !o.skipBroken:
		return nil, fmt.Errorf("%w\n(--skip-broken goes on without them)", err)
	}
	bar.Clear()
	fmt.Fprintf(stderr, "%s: skipped %d of %d %s that cannot be read:\n", name, len(found.Broken), ds.Len(), what)
	for _, b := range found.Broken {
		fmt.Fprintf(stderr, "\t%v\n", b.Err)
	}
	return found.Broken, nil
}
