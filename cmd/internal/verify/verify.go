package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/machine"
)

// Options of [Images].
type Options struct {
	NotRead    bool                             // only look whether the files are there
	SkipBroken bool                             // skip what cannot be read, which Say tells; else it is an error
	Say        func(format string, args ...any) // says what was skipped, and may record it
	// Read has the names of images that were read before ([dataset.VerifyOptions]); nil:
	// none, and none are recorded.
	Read   map[string]bool
	Stderr io.Writer // for progress
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
	if o.NotRead && !o.SkipBroken {
		return ds, nil
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
		text := fmt.Sprintf("skipped %d of %d %s that cannot be read:", len(skipped.Broken), skipped.Total, what)
		for _, b := range skipped.Broken {
			text += fmt.Sprintf("\n\t%v", b.Err)
		}
		o.Say("%s", text)
	}
	return good, err
}

// Hint adds to an error about broken images how to do without them, or with those that
// are too large.
func Hint(err error) error {
	if _, ok := errors.AsType[*dataset.BrokenError](err); ok {
		return fmt.Errorf("%w%s\n(bcl-data verify names all such images, --skip-broken skips them)", err, Large(err))
	}
	return err
}

// Large returns the hint for the first of images that are above the limit of pixels, on a line
// of its own; "" if none is.
func Large(err error) string {
	large, ok := errors.AsType[*rgb.SizeError](err)
	if !ok || large.W < 1 || large.H < 1 {
		return ""
	}
	return "\n(" + enlarge(large, machine.Memory()) + ")"
}

// decoding is how many bytes a pixel takes while a file is decoded: as most decoders have it,
// and as it is kept.
const decoding = 4 + 3

// enlarge says how an image that is above the limit can be read where there are so many bytes
// of memory; 0: unknown.
func enlarge(e *rgb.SizeError, memory int64) string {
	const giga = 1 << 30
	if bytes := decoding * float64(e.W) * float64(e.H); bytes > math.MaxInt64 || memory > 0 && bytes > float64(memory) {
		text := fmt.Sprintf("decoding %d x %d pixels takes %.4g GiB of memory", e.W, e.H, bytes/giga)
		if memory > 0 {
			text += fmt.Sprintf(", and there are %.4g", float64(memory)/giga)
		}
		return text + ": no --max-pixels reads it here"
	}
	return fmt.Sprintf("if the image of %d x %d pixels is what it says, --max-pixels %d reads it", e.W, e.H, e.W*e.H)
}
