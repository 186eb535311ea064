package protocol

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// folders lists where the lists of dir may be: in dir itself, or where the folders split of
// BCL's, SDCLR's and Geometric Harmonization's authors have those of CIFAR-100, ImageNet-LT,
// ImageNet-100-LT and Places-LT.
func folders(dir string) []string {
	all := []string{dir}
	for _, name := range []string{"cifar100", "cifar100_imbSub_with_subsets", "ImageNet_LT", "imagenet-100", "Places_LT", "iNaturalist18"} {
		all = append(all, filepath.Join(dir, name))
	}
	return all
}

// Find returns the path of the list with a name in dir, dir/name if it does not exist.
func Find(dir, name string) string {
	for _, folder := range folders(dir) {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return filepath.Join(dir, name)
}

// Glob returns the lists in dir whose names a pattern matches, in order: those of the
// first folder that has any.
func Glob(dir, pattern string) ([]string, error) {
	for _, folder := range folders(dir) {
		entries, err := os.ReadDir(folder)
		if err != nil && folder == dir {
			return nil, err
		}
		var found []string
		for _, e := range entries {
			ok, err := filepath.Match(pattern, e.Name())
			if err != nil {
				return nil, fmt.Errorf("%q: %w", pattern, err)
			}
			if ok {
				found = append(found, filepath.Join(folder, e.Name()))
			}
		}
		if found != nil {
			slices.Sort(found)
			return found, nil
		}
	}
	return nil, nil
}
