package bclckpt

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/serialize"
)

// skipUsage explains --skip-unknown.
const skipUsage = "leave out what IN makes of classes and functions that are not on the allow-list, and name them; without it such a file is refused"

// input is an open file and the state dict in it.
type input struct {
	*ckpt.File
	state   []ckpt.Tensor
	key     string          // where in the file the state dict is
	other   []string        // what else is beside it
	modules *serialize.Dict // the versions of its modules, or nil
}

// open opens a file and finds its state dict, at a key or where they usually are.
// What the file names and is not on the allow-list is an error unless skip is set.
func open(path, at string, skip bool) (*input, error) {
	f, err := ckpt.OpenWith(path, ckpt.OpenOptions{SkipUnknown: true})
	if err != nil {
		return nil, err
	}
	in := &input{File: f}
	if len(f.Unknown) > 0 && !skip {
		err = unknown(f)
	} else {
		in.state, in.key, in.other, err = stateOf(f, at)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	modules, attrs := f.Modules(in.key)
	in.modules = modules
	for _, a := range attrs {
		in.other = append(in.other, "attribute "+a)
	}
	return in, nil
}

// stateOf is [ckpt.File.State], whose errors say what flag settles them.
func stateOf(f *ckpt.File, at string) (state []ckpt.Tensor, key string, other []string, err error) {
	if state, key, other, err = f.State(at); err != nil {
		err = fmt.Errorf("%w; name one with --key", err)
	}
	return state, key, other, err
}

// explain adds to an error of a conversion the flags that settle it.
func explain(err error) error {
	if left := (*ckpt.RestFailure)(nil); errors.As(err, &left) {
		return fmt.Errorf("%w\ndrop them with patterns (--drop 'projector.*'), or all with --rest drop, or keep their names with --rest keep", err)
	}
	if errors.Is(err, ckpt.ErrBranch) {
		return fmt.Errorf("%w, with --branch full or --branch pruned", err)
	}
	return err
}

// unknown is the error for a file that names what is not on the allow-list.
func unknown(f *ckpt.File) error {
	const most = 10
	names := quoted(f.Unknown, most, fmt.Sprintf("%d more", len(f.Unknown)-most))
	are := "is"
	if len(f.Unknown) > 1 {
		are = "are"
	}
	return fmt.Errorf("%s: %s %s not on the allow-list of what a file may name (nothing in it was executed); convert and extract-backbone pass over it with --skip-unknown, inspect always",
		f.Path, names, are)
}

// saveOptions says what goes along with the tensors to a file, and notes what its
// format cannot hold.
func (in *input) saveOptions(out, wrap string, r *ckpt.Report, o ckpt.Options) ckpt.SaveOptions {
	s := ckpt.SaveOptions{Wrap: wrap}
	if ckpt.IsSafetensors(out) {
		s.Metadata = in.Metadata
		if in.modules != nil {
			in.other = append(in.other, "_metadata, the versions of the modules (a safetensors file cannot hold it)")
		}
		return s
	}
	for _, k := range slices.Sorted(maps.Keys(in.Metadata)) {
		if k != "format" || in.Metadata[k] != "pt" { // which only says who wrote the file
			in.other = append(in.other, fmt.Sprintf("metadata %q (a .pt file cannot hold it)", k))
		}
	}
	var left []string
	if s.Modules, left = ckpt.RenameModules(in.modules, r, o); len(left) > 0 {
		in.other = append(in.other, fmt.Sprintf("_metadata of %d modules without tensors or whose tensors were dropped (%s)", len(left), quoted(left, 4, "...")))
	}
	return s
}

// quoted writes a few names, of which that of the network itself is empty, and more for
// the others.
func quoted(names []string, most int, more string) string {
	var out []string
	for _, n := range names[:min(len(names), most)] {
		out = append(out, fmt.Sprintf("%.80q", n))
	}
	if len(names) > most {
		out = append(out, more)
	}
	return strings.Join(out, ", ")
}
