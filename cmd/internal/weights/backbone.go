package weights

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
)

// Backbone is an open file whose backbone a network begins with: one of ours or of another
// project, or a run folder.
type Backbone struct {
	*ckpt.Extracted
	*Input
}

// OpenBackbone opens a file to begin with, without any of [Flags]. Weights that are NaN or
// infinite are an error.
func OpenBackbone(path string) (*Backbone, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() && run.HasCheckpoint(path) {
		path = run.File(path, run.CheckpointFile)
	}
	in, err := (&Flags{}).Open(path)
	if err != nil {
		return nil, hint(err)
	}
	extracted, err := in.Backbone(ckpt.BackboneOptions{})
	if err == nil {
		if _, _, err = extracted.Sound(); err != nil {
			err = fmt.Errorf("%s: %w: nothing can begin with it", quote.Name(in.Path), err)
		}
	}
	if err != nil {
		in.Close()
		return nil, hint(err)
	}
	return &Backbone{extracted, in}, nil
}

// hint adds what helps where the flags do not exist, or where there is no file.
func hint(err error) error {
	if _, ok := errors.AsType[*FlagError](err); ok {
		return fmt.Errorf("%w\n(bcl-ckpt extract-backbone has these flags, and what it writes is read)", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: expected a file of weights, or a run folder", err)
	}
	return err
}

// Zeros says that convolutions have nothing but zeros; "" if none has.
func Zeros(path string, e *ckpt.Extracted) string {
	zero, all, err := e.Sound()
	switch {
	case err != nil || len(zero) == 0:
		return ""
	case len(zero) == all:
		return fmt.Sprintf("all weights of the convolutions of %s are 0: every image has the same features", quote.Name(path))
	}
	return fmt.Sprintf("all weights of %d of the %d convolutions of %s are 0, such as %s", len(zero), all, quote.Name(path), quote.Name(zero[0]))
}

// SHA256 is the hash of the file, and after an index of its shards, in hexadecimal digits.
func (b *Backbone) SHA256() (string, error) {
	sum := sha256.New()
	for _, path := range b.Files() {
		if err := addFile(sum, path); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func addFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, f)
	return err
}
