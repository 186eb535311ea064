package bclckpt

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/ckpt"
)

// hint adds the flags that help to an error of package ckpt.
func hint(err error) error {
	var rest *ckpt.RestFailure
	var branch *ckpt.BranchFailure
	switch {
	case errors.As(err, &rest):
		return fmt.Errorf("%w\ndrop them with patterns (--drop 'projector.*'), or all with --rest drop, or keep their names with --rest keep", err)
	case errors.As(err, &branch):
		return fmt.Errorf("%w: choose with --branch full (unpruned, the one that is evaluated) or --branch pruned", err)
	}
	return err
}
