package bcltrain

import (
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset/fetch"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// download fetches --dataset into --data-folder.
func (o *options) download(ctx context.Context, stderr io.Writer) error {
	const mega = 1 << 20
	var bar *cli.Progress
	clear := func() {
		if bar != nil {
			bar.Clear()
		}
	}
	defer clear()
	_, err := fetch.CIFAR(ctx, o.reference.dataset, o.data, fetch.Options{
		Progress: func(done, total int64) {
			if bar == nil {
				bar = cli.NewProgress(stderr, "downloading "+o.reference.dataset+" (MiB)", int(total/mega))
			}
			bar.Set(int(done/mega), "")
		},
		Message: func(text string) {
			clear()
			fmt.Fprintf(stderr, "%s: %s\n", name, text)
		},
	})
	return err
}
