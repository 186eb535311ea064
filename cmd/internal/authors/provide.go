package authors

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset/fetch"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Provide downloads the images of --data-folder to data, the folder it became, if nothing
// exists there, as the authors' code does, but not with --bcl. Messages go to stderr,
// prefixed with the program's name.
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
			return nil // something exists; opening it will check it
		}
	}
	_, err = cli.Download(ctx, t.folder.kind, data, fetch.Options{}, program, stderr)
	return err
}
