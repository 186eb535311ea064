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
const skipUsage = "skip and list objects in IN made by classes and functions that are not on the allow-list; by default such a file is an error"

// input is an open file and the state dict in it.
type input struct {
	*ckpt.File
	state   []ckpt.Tensor
	key     string          // key of the state dict in the file
	other   []string        // what the file holds besides it
	modules *serialize.Dict // the versions of its modules, or nil
}

// open opens a file and finds its state dict, at a key or at the usual ones. Names in the
// file that are not on the allow-list are an error unless skip is set.
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

// stateOf is [ckpt.File.State], with the flag that resolves an error added to its
// message.
func stateOf(f *ckpt.File, at string) (state []ckpt.Tensor, key string, other []string, err error) {
	if state, key, other, err = f.State(at); err != nil {
		err = fmt.Errorf("%w; name one with --key", err)
	}
	return state, key, other, err
}

// explain adds to a conversion's error the flags that resolve it.
func explain(err error) error {
	if left := (*ckpt.RestFailure)(nil); errors.As(err, &left) {
		return fmt.Errorf("%w\ndrop them with patterns (--drop 'projector.*'), or all with --rest drop, or keep their names with --rest keep", err)
	}
	if errors.Is(err, ckpt.ErrBranch) {
		return fmt.Errorf("%w, with --branch full or --branch pruned", err)
	}
	return err
}

// unknown is the error for a file with names that are not on the allow-list.
func unknown(f *ckpt.File) error {
	const most = 10
	names := quoted(f.Unknown, most, fmt.Sprintf("%d more", len(f.Unknown)-most))
	are := "is"
	if len(f.Unknown) > 1 {
		are = "are"
	}
	return fmt.Errorf("%s: %s %s not on the allow-list (nothing in the file was executed); convert and extract-backbone skip it with --skip-unknown, inspect always",
		f.Path, names, are)
}

// saveOptions returns what is saved with the tensors, and notes what the file's format
// cannot hold.
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
		if k != "format" || in.Metadata[k] != "pt" { // which only names the writing framework
			in.other = append(in.other, fmt.Sprintf("metadata %q (a .pt file cannot hold it)", k))
		}
	}
	var left []string
	if s.Modules, left = ckpt.RenameModules(in.modules, r, o); len(left) > 0 {
		in.other = append(in.other, fmt.Sprintf("_metadata of %d modules without tensors or whose tensors were dropped (%s)", len(left), quoted(left, 4, "...")))
	}
	return s
}

// quoted lists a few names, quoted (the network's own is empty), and ends with more if
// there are others.
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
