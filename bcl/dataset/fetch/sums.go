package fetch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// sumsFile has a line "hash  name" for each file, as sha256sum writes it.
const sumsFile = "SHA256SUMS"

func (a archive) writeSums(dir string) error {
	var text strings.Builder
	for _, name := range a.files {
		sum, err := dataset.FileHash(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%s  %s\n", sum, name)
	}
	return writeFile(filepath.Join(dir, sumsFile), strings.NewReader(text.String()))
}

// check reports whether the folder exists. It is an error if its files are not the
// published ones. A folder that another program unpacked has no sums; then it must open.
func (a archive) check(dir string) (there bool, err error) {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, explain(err)
	}
	fail := func(err error) (bool, error) {
		return true, fmt.Errorf("%w; move %s away to fetch it again", err, dir)
	}
	sums, err := os.ReadFile(filepath.Join(dir, sumsFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := dataset.Open(dir, dataset.Options{}); err != nil {
			return fail(err)
		}
		return true, nil
	}
	if err != nil {
		return fail(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		known[name] = sum
	}
	for _, name := range a.files {
		path := filepath.Join(dir, name)
		sum, err := dataset.FileHash(path)
		if err != nil {
			return fail(err)
		}
		if sum != known[name] {
			return fail(fmt.Errorf("%s: sha256 is %s, but %s has %q", path, sum, sumsFile, known[name]))
		}
	}
	return true, nil
}
