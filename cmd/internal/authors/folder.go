package authors

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// folder locates the images by the authors' flags: --data-folder, and --dataset, the
// CIFAR variant.
type folder struct {
	path, kind string
	given      bool // --data-folder
}

// flags declares both flags.
func (d *folder) flags(l *line) {
	l.theirs.StringVar(&d.path, "data-folder", "", "")
	l.theirs.StringVar(&d.kind, "dataset", dataset.CIFAR100, "")
}

// rewrite replaces them by --data.
func (d *folder) rewrite(l *line) error {
	d.given = l.theirs.Changed("data-folder")
	switch {
	case !slices.Contains(dataset.CIFARKinds(), d.kind):
		return cli.Usagef("dataset %q is not cifar100 or cifar10; for other images give --data PLACE", d.kind)
	case l.theirs.Changed("dataset") && !d.given:
		return cli.Usagef("--dataset belongs to --data-folder; --data detects the data set")
	case !d.given:
		return nil
	case l.has("data"):
		return cli.Usagef("--data-folder and --data are the same: give one")
	}
	place, err := d.place()
	if err != nil {
		return err
	}
	l.set("data", place)
	return nil
}

// place is the data set that --dataset names in the folder, or else the folder itself.
// The other CIFAR variant is an error: the lists of one often fit the other.
func (d *folder) place() (string, error) {
	root := filepath.Clean(d.path)
	found, err := dataset.CIFARFolder(root, d.kind)
	if err != nil {
		return "", fmt.Errorf("--dataset %s: %w", d.kind, err)
	}
	return cmp.Or(found, root), nil
}
