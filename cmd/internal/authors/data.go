// Package authors is what bcl-train and bcl-eval share of the command lines of the
// authors' programs, train.py and test.py.
package authors

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// CheckDataset looks at --dataset, which goes with --data-folder and names a kind of
// CIFAR.
func CheckDataset(f *pflag.FlagSet, kind string) error {
	switch {
	case !slices.Contains(dataset.CIFARKinds(), kind):
		return cli.Usagef("dataset %q is not cifar100 or cifar10; for other images give --data PLACE", kind)
	case f.Changed("dataset") && !f.Changed("data-folder"):
		return cli.Usagef("--dataset belongs to --data-folder; --data finds out what there is")
	}
	return nil
}

// Place is the place that --data-folder means: the set of --dataset in it, or what else
// is there. A set of the other kind is an error: the lists of one often fit the other.
func Place(folder, kind string) (string, error) {
	root := filepath.Clean(folder)
	found, err := dataset.CIFARFolder(root, kind)
	if err != nil {
		return "", fmt.Errorf("--dataset %s: %w", kind, err)
	}
	return cmp.Or(found, root), nil
}
