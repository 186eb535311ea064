package run

import (
	"fmt"
	"os"

	"github.com/bcl-go/bcl/torch/serialize"
)

// ReadSettings returns the settings that a checkpoint records, the text of its run's
// config.yaml; path is its file, or a run folder for its newest good one. "" if bcl-train did
// not write it.
func ReadSettings(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		_, text, _, err := Newest(path, readSettings)
		return text, err
	}
	return readSettings(path)
}

func readSettings(path string) (string, error) {
	f, err := serialize.Open(path, serialize.Options{})
	if err != nil {
		return "", err
	}
	defer f.Close()
	top, _ := f.Tree.(*serialize.Dict)
	bcl, ours := serialize.Lookup[*serialize.Dict](top, "bcl")
	if !ours {
		return "", nil
	}
	if err := CheckFormat(bcl, f.Sealed()); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	text, _ := serialize.Lookup[string](bcl, "config")
	return text, nil
}
