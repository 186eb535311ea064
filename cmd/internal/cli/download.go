package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset/fetch"
)

// Download downloads a CIFAR data set into a folder and returns the path to open.
// Progress and messages, prefixed with the program's name, go to stderr.
func Download(ctx context.Context, kind, folder string, opt fetch.Options, program string, stderr io.Writer) (string, error) {
	const mega = 1 << 20
	progress, clear := Bar(stderr, "downloading "+kind+" (MiB)")
	defer clear()
	opt.Progress = func(done, total int64) { progress(int(done/mega), int(total/mega)) }
	opt.Message = func(text string) {
		clear()
		fmt.Fprintf(stderr, "%s: %s\n", program, text)
	}
	return fetch.CIFAR(ctx, kind, folder, opt)
}
