package serialize

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Dict, List and Tuple are Python's, from package pickle.
type (
	Dict  = pickle.Dict
	List  = pickle.List
	Tuple = pickle.Tuple
)

// NewDict returns a dict of alternating keys and values. It panics if their number is odd
// or if a key is not hashable.
func NewDict(pairs ...any) *Dict { return pickle.NewDict(pairs...) }

// NewOrderedDict is like [NewDict] for a collections.OrderedDict, the type of a module's
// state dict.
func NewOrderedDict(pairs ...any) *Dict { return pickle.NewOrderedDict(pairs...) }

// Size is a torch.Size.
type Size []int

// Device is a torch.device; Index is -1 if it has none.
type Device struct {
	Type  string
	Index int
}

// String returns PyTorch's name, such as "cpu" or "cuda:0".
func (d Device) String() string {
	if d.Index < 0 {
		return d.Type
	}
	return fmt.Sprintf("%s:%d", d.Type, d.Index)
}

// Layout is a torch.layout, such as "torch.strided".
type Layout string

// Namespace is an argparse.Namespace, in which many training programs keep
// their options. PyTorch itself reads it only with weights_only=False.
type Namespace struct{ Attrs *Dict }

// SetState is called by package pickle with the attributes.
func (n *Namespace) SetState(_ *pickle.Decoder, state any) error {
	return setAttrs(&n.Attrs, "a Namespace", state)
}

// PickleChildren returns what package pickle walks over.
func (n *Namespace) PickleChildren() []any { return attrsOf(n.Attrs) }
