package bcleval

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

// beginNet gives a network with random weights those of the file that the run began with, if
// it did with one. Another file, or none any more, is an error: random weights would be
// taken for what training began with.
func (o *options) beginNet(net model.Network, say func(format string, args ...any)) error {
	if o.init == "" {
		return nil
	}
	b, err := weights.OpenBackbone(o.init)
	if err != nil {
		return fmt.Errorf("the run began with the weights of %s, which cannot be read: %w\n(--init FILE says where they are now)", quote.Name(o.init), err)
	}
	defer b.Close()
	was, err := o.initHash()
	if err != nil {
		return err
	}
	is, err := b.SHA256()
	if err != nil {
		return err
	}
	checked := ""
	switch {
	case was == "":
		checked = " (whether the run began with just these is not recorded beside the checkpoint)"
	case was != is:
		return fmt.Errorf("%s is not the file that the run began with: its SHA-256 is %s, and that was %s\n(--init FILE names another)", quote.Name(b.Path), is, was)
	}
	if err := pretrained.Begin(net, o.model(), b.Extracted); err != nil {
		return fmt.Errorf("%s: %w", quote.Name(b.Path), err)
	}
	say("the untrained network has the backbone of %s, with which the run began%s", quote.Name(b.Path), checked)
	return nil
}

// initHash is the hash of the file that the run of the checkpoint began with; "" if it is not
// known.
func (o *options) initHash() (string, error) {
	e, err := run.ReadEnvironment(filepath.Dir(o.source.path))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return e.Init.SHA256, err
}
