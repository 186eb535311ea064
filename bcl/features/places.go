package features

import (
	"os"
	"path/filepath"
)

// SeenFrom returns the info as a file in a folder has it: places absolute, and also relative to
// the folder. What does not exist, such as the name of an embedded data set, stays as it is.
func (i Info) SeenFrom(dir string) Info {
	i.Checkpoint, i.CheckpointHere = seen(dir, i.Checkpoint)
	i.Data, i.DataHere = seen(dir, i.Data)
	return i
}

// At returns the info with the places as they are now for a reader of the folder: where they
// are relative to it, for they may have been moved together, else where they were.
func (i Info) At(dir string) Info {
	i.Checkpoint = found(dir, i.Checkpoint, i.CheckpointHere)
	i.Data = found(dir, i.Data, i.DataHere)
	return i
}

func seen(dir, path string) (abs, here string) {
	if path == "" || !exists(path) {
		return path, ""
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path, ""
	}
	if dir, err = filepath.Abs(dir); err == nil {
		here, _ = filepath.Rel(dir, abs)
	}
	return abs, here
}

func found(dir, path, here string) string {
	if moved := filepath.Join(dir, here); here != "" && exists(moved) {
		return moved
	}
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
