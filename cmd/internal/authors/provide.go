package authors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset/fetch"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Provide downloads the images of --data-folder to data, which stands for it, if nothing
// is there, as the authors' code does, if not with --bcl. Messages go to stderr below the
// name of the program.
func (t *Train) Provide(ctx context.Context, data, program string, stderr io.Writer) error {
	if !t.Theirs {
		return nil
	}
	entries, err := os.ReadDir(data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.Contains(e.Name(), ".tar.gz") {
			return nil // something is there; whether it will do is seen when it is opened
		}
	}
	const mega = 1 << 20
	var bar *cli.Progress
	clear := func() {
		if bar != nil {
			bar.Clear()
		}
	}
	defer clear()
	_, err = fetch.CIFAR(ctx, t.folder.kind, data, fetch.Options{
		Progress: func(done, total int64) {
			if bar == nil {
				bar = cli.NewProgress(stderr, "downloading "+t.folder.kind+" (MiB)", int(total/mega))
			}
			bar.Set(int(done/mega), "")
		},
		Message: func(text string) {
			clear()
			fmt.Fprintf(stderr, "%s: %s\n", program, text)
		},
	})
	return err
}
