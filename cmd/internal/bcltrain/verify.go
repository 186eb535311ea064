package bcltrain

import (
	"context"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

// verify reads the images of ds but those whose names are in read, into which it puts
// the others, and returns those that can be read. what is what the images are for.
func (o *options) verify(ctx context.Context, ds dataset.Dataset, what string, read map[string]bool, stderr io.Writer) (dataset.Dataset, error) {
	return verify.Images(ctx, ds, what, verify.Options{Command: name, SkipBroken: o.skipBroken, Read: read, Stderr: stderr})
}
