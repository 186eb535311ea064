package run

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize"
)

// Position is the next step of a run. A checkpoint holds it in bcl.position.
type Position struct {
	Epoch int // from 1
	Batch int // of the epoch, from 0
	Step  int // steps done since the start of the run
}

// Format is the version of the dict "bcl" in the checkpoints that this program writes.
// Files of format 2 have a checksum of all their bytes and identify their data.
const Format = 2

// CheckFormat returns an error for a dict "bcl" of a later version, or of a file that
// lost its checksum.
func CheckFormat(bcl *serialize.Dict, sealed bool) error {
	n, err := number(bcl, "format")
	switch {
	case err != nil:
		return err
	case n < 1 || n > Format:
		return fmt.Errorf("bcl.format is %d, expected 1 to %d: a newer bcl-train wrote it", n, Format)
	case n >= 2 && !sealed:
		return errors.New("the checksum at the file's end is missing: it was damaged or changed")
	}
	return nil
}

// Newest returns the newest checkpoint of the run at path that read accepts, what read
// returned, and the errors of newer ones. [ReadPosition] needs no libtorch; package
// checkpoint reads all of it. The error has those of all checkpoints; it is
// [fs.ErrNotExist] if there are none.
func Newest[T any](path string, read func(path string) (T, error)) (name string, v T, skipped, err error) {
	names := Checkpoints(path)
	if len(names) == 0 {
		names = []string{CheckpointFile} // whose absence is reported
	}
	var wrong []error
	for _, name := range names {
		v, err := read(File(path, name))
		if err == nil {
			return name, v, errors.Join(wrong...), nil
		}
		wrong = append(wrong, err)
	}
	if len(wrong) == 1 {
		return "", v, nil, wrong[0]
	}
	return "", v, nil, fmt.Errorf("no good checkpoint: %w", errors.Join(wrong...))
}

// ReadPosition reads the position in a checkpoint file, and verifies its checksums.
func ReadPosition(path string) (Position, error) {
	f, err := serialize.Open(path, serialize.Options{})
	if err != nil {
		return Position{}, err
	}
	defer f.Close()
	if err := f.Verify(); err != nil {
		return Position{}, err
	}
	at, err := position(f)
	if err != nil {
		return Position{}, fmt.Errorf("%s: %w", path, err)
	}
	return at, nil
}

func position(f *serialize.File) (at Position, err error) {
	top, _ := f.Tree.(*serialize.Dict)
	bcl, _ := serialize.Lookup[*serialize.Dict](top, "bcl")
	p, ok := serialize.Lookup[*serialize.Dict](bcl, "position")
	if !ok {
		return at, errors.New("not a checkpoint of bcl-train: no bcl.position")
	}
	if err := CheckFormat(bcl, f.Sealed()); err != nil {
		return at, err
	}
	for _, n := range []struct {
		name string
		to   *int
	}{{"epoch", &at.Epoch}, {"batch", &at.Batch}, {"step", &at.Step}} {
		if *n.to, err = number(p, n.name); err != nil {
			return at, fmt.Errorf("position: %w", err)
		}
	}
	if at.Epoch < 1 || at.Batch < 0 || at.Step < 0 {
		return at, fmt.Errorf("bcl.position is epoch %d, batch %d, step %d, expected at least 1, 0 and 0", at.Epoch, at.Batch, at.Step)
	}
	return at, nil
}

func number(d *serialize.Dict, name string) (int, error) {
	n, ok := serialize.Lookup[int64](d, name)
	if !ok {
		return 0, fmt.Errorf("bcl: %s is missing, or not an int", name)
	}
	return int(n), nil
}
