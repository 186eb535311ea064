package verify

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Options of [Images].
type Options struct {
	Command    string // prefix of messages
	SkipBroken bool   // skip images that cannot be read, listed on Stderr; else an error
	// Read has the names of images that were read before ([dataset.VerifyOptions]); nil:
	// none, and none are recorded.
	Read   map[string]bool
	Stderr io.Writer
}

// Images reads every image of ds, if they are files, and returns those that can be read.
// what names them in messages, such as "probe images".
func Images(ctx context.Context, ds dataset.Dataset, what string, o Options) (dataset.Dataset, error) {
	if !dataset.HasFiles(ds) {
		return ds, nil
	}
	v := dataset.VerifyOptions{Read: o.Read}
	if !o.SkipBroken {
		// Missing files are found within seconds, broken ones only after reading all.
		if err := dataset.CheckFiles(ctx, ds, v); err != nil {
			return nil, Hint(err)
		}
	}
	progress, clear := cli.Bar(o.Stderr, "reading "+what)
	defer clear()
	v.Progress = progress
	if !o.SkipBroken {
		return ds, Hint(dataset.Verify(ctx, ds, v))
	}
	good, skipped, err := dataset.SkipBroken(ctx, ds, v)
	if skipped != nil {
		clear()
		fmt.Fprintf(o.Stderr, "%s: skipped %d of %d %s that cannot be read:\n", o.Command, len(skipped.Broken), skipped.Total, what)
		for _, b := range skipped.Broken {
			fmt.Fprintf(o.Stderr, "\t%v\n", b.Err)
		}
	}
	return good, err
}

// Hint adds to an error about broken images how to skip them.
func Hint(err error) error {
	if _, ok := errors.AsType[*dataset.BrokenError](err); ok {
		return fmt.Errorf("%w\n(--skip-broken skips them)", err)
	}
	return err
}
