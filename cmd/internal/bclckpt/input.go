package bclckpt

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/serialize"
)

// input is an open file and the state dict in it.
type input struct {
	*weights.Input
	modules *serialize.Dict // the versions of its modules, or nil
}

// open opens a file and finds its state dict.
func open(path string, w *weights.Flags) (*input, error) {
	file, err := w.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{Input: file}
	modules, attrs := in.Modules(in.Key)
	in.modules = modules
	for _, a := range attrs {
		in.Beside = append(in.Beside, "attribute "+serialize.Quote(a))
	}
	return in, nil
}

// explain adds to an error of a conversion the flags that settle it.
func explain(err error) error {
	if left := (*ckpt.RestFailure)(nil); errors.As(err, &left) {
		return fmt.Errorf("%w\ndrop them with patterns (--drop 'projector.*'), or all with --rest drop, or keep their names with --rest keep", err)
	}
	if errors.Is(err, ckpt.ErrBranch) {
		return fmt.Errorf("%w, with --branch full or --branch pruned", err)
	}
	return weights.Explain(err)
}

// saveOptions returns what is saved with the tensors, and notes what the file's format
// cannot hold.
func (in *input) saveOptions(out, wrap string, r *ckpt.Report, o ckpt.Options) ckpt.SaveOptions {
	s := ckpt.SaveOptions{Wrap: wrap}
	if ckpt.IsSafetensors(out) {
		s.Metadata = in.Metadata
		if in.modules != nil {
			in.Beside = append(in.Beside, "_metadata, the versions of the modules (a safetensors file cannot hold it)")
		}
		return s
	}
	for _, k := range slices.Sorted(maps.Keys(in.Metadata)) {
		if k != "format" || in.Metadata[k] != "pt" { // which only says who wrote the file
			in.Beside = append(in.Beside, fmt.Sprintf("metadata %q (a .pt file cannot hold it)", k))
		}
	}
	var left []string
	if s.Modules, left = ckpt.RenameModules(in.modules, r, o); len(left) > 0 {
		in.Beside = append(in.Beside, fmt.Sprintf("_metadata of %d modules without tensors or whose tensors were dropped (%s)", len(left), weights.Some(left, 4, "...")))
	}
	return s
}
