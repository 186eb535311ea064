package pickle

import (
	"fmt"
	"math/big"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// MaxDepth is the largest nesting depth of a pickle's containers.
const MaxDepth = 1000

// maxTree is the number of values that any pickle may have when the values that
// are shared are counted each time they occur; four bytes of text or of a large number
// count as one.
const maxTree = 1 << 20

// checkResult is [Check] with a limit that grows with the pickle.
func (d *Decoder) checkResult(v any) error { return check(v, maxTree+16*d.in.n) }

// Check returns an error for a value that contains itself, is nested deeper than
// [MaxDepth], or has so many shared parts that walking it would take too long.
func Check(v any) error { return check(v, 1<<40) }

// node is what is known of a container.
type node struct {
	depth int   // of its contents, once done
	size  int64 // values in the tree below it, itself included, once done
	done  bool
}

// frame is a container whose children are being visited.
type frame struct {
	id       any
	children []any
	next     int
	node     *node
}

// check walks in depth-first order with its own stack, visiting a shared
// container once.
func check(v any, limit int64) error {
	nodes := map[any]*node{}
	open := func(v any) *frame {
		kids, ok := children(v)
		if !ok {
			return nil
		}
		n := &node{size: 1}
		nodes[v] = n
		return &frame{v, kids, 0, n}
	}
	var stack []*frame
	if f := open(v); f != nil {
		stack = append(stack, f)
	}
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		if f.next == len(f.children) {
			f.node.done = true
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				if err := stack[len(stack)-1].node.join(f.node, limit); err != nil {
					return err
				}
			}
			continue
		}
		kid := f.children[f.next]
		f.next++
		if !container(kid) {
			if a, ok := kid.(*npy.Array); ok && a.DType == unset {
				return fmt.Errorf("a numpy array that is not read is within itself")
			}
			if err := f.node.join(&node{size: weight(kid)}, limit); err != nil {
				return err
			}
			continue
		}
		if n := nodes[kid]; n != nil {
			if !n.done {
				return fmt.Errorf("a %s contains itself", TypeName(kid))
			}
			if err := f.node.join(n, limit); err != nil {
				return err
			}
			continue
		}
		stack = append(stack, open(kid))
		if len(stack) > MaxDepth {
			return fmt.Errorf("values are nested more than %d levels deep", MaxDepth)
		}
	}
	return nil
}

// join adds a finished child, or a value that holds no others.
func (n *node) join(kid *node, limit int64) error {
	if kid.done {
		n.depth = max(n.depth, kid.depth+1)
	}
	n.size += kid.size
	if n.depth > MaxDepth {
		return fmt.Errorf("values are nested more than %d levels deep", MaxDepth)
	}
	if n.size > limit {
		return fmt.Errorf("expanding shared values gives more than %d values", limit)
	}
	return nil
}

// weight is what a value that holds no others counts: one, and more for what is long, as
// it takes as long to print.
func weight(v any) int64 {
	switch v := v.(type) {
	case string:
		return 1 + int64(len(v))/4
	case []byte:
		return 1 + int64(len(v))/4
	case *big.Int:
		return 1 + int64(v.BitLen())/32
	case *npy.Array:
		return 1 + int64(len(v.Data))/4
	}
	return 1
}

// Total adds up the weights of all values below v, shared ones as often as they occur.
// v must have passed [Check].
func Total(v any, weight func(v any) float64) float64 {
	done := map[any]float64{}
	var walk func(v any) float64
	walk = func(v any) float64 {
		if !container(v) {
			return weight(v)
		}
		if n, ok := done[v]; ok {
			return n
		}
		n := weight(v)
		kids, _ := children(v)
		for _, kid := range kids {
			n += walk(kid)
		}
		done[v] = n
		return n
	}
	return walk(v)
}

func container(v any) bool {
	switch v.(type) {
	case *List, *Tuple, *Set, *Dict, Parent:
		return true
	}
	return false
}

func children(v any) ([]any, bool) {
	switch c := v.(type) {
	case *List:
		return c.Items, true
	case *Tuple:
		return c.Items, true
	case *Set:
		return c.Items, true
	case *Dict:
		kids := append(c.keys[:len(c.keys):len(c.keys)], c.values...)
		if c.Attrs != nil {
			kids = append(kids, c.Attrs)
		}
		return kids, true
	case Parent:
		return c.PickleChildren(), true
	}
	return nil, false
}
