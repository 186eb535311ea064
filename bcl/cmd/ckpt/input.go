package ckpt

import "github.com/bcl-go/bcl/bcl/ckpt"

// input is an open file and the state dict in it.
type input struct {
	*ckpt.File
	state []ckpt.Tensor
	place string   // where in the file the state dict is
	other []string // what else is beside it
}

// open opens a file and finds its state dict, at a place or where they usually are.
func open(path, at string) (*input, error) {
	f, err := ckpt.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{File: f}
	if in.state, in.place, in.other, err = f.State(at); err != nil {
		f.Close()
		return nil, err
	}
	return in, nil
}
