package onnx

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// Opset is the version of the operators, and irVersion that of the format around them.
const (
	Opset     = 17
	irVersion = 8
)

// Types of elements and attributes in onnx.proto3.
const (
	typeFloat  = 1
	attrFloat  = 1
	attrInt    = 2
	attrInts   = 7
	maxMessage = math.MaxInt32 // of Protocol Buffers
)

// Model is a network.
type Model struct {
	Producer, Version string
	Doc               string
	Metadata          map[string]string
	Name              string // of the graph
	Inputs, Outputs   []Value
	Nodes             []Node
	Weights           []Weight
}

// Value is an input or output of float32. A dimension is a number, or a name for any
// number.
type Value struct {
	Name string
	Dims []any // int or string
}

// Node is an operator on values by their names.
type Node struct {
	Op              string
	Inputs, Outputs []string
	Attrs           map[string]any // int, float32 or []int
}

// Weight is a constant of float32.
type Weight struct {
	Name   string
	Shape  []int
	Source func(w io.Writer) error // writes the elements, little-endian, in C order
}

// Write writes a model. Names that nothing gives, or that are given twice, are an error, as
// are more than 2 GiB.
func Write(w io.Writer, m *Model) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("onnx: %w", err)
	}
	graph := &message{}
	for i, n := range m.Nodes {
		node, err := n.encode(fmt.Sprintf("%s_%d", n.Op, i))
		if err != nil {
			return fmt.Errorf("onnx: %w", err)
		}
		graph.message(1, node)
	}
	graph.text(2, m.Name)
	for _, w := range m.Weights {
		graph.message(5, w.encode())
	}
	for _, v := range m.Inputs {
		graph.message(11, v.encode())
	}
	for _, v := range m.Outputs {
		graph.message(12, v.encode())
	}
	model, opset := &message{}, &message{}
	opset.text(1, "")
	opset.int(2, Opset)
	model.int(1, irVersion)
	model.text(2, m.Producer)
	model.text(3, m.Version)
	model.text(6, m.Doc)
	model.message(7, graph)
	model.message(8, opset)
	for _, k := range slices.Sorted(maps.Keys(m.Metadata)) {
		entry := &message{}
		entry.text(1, k)
		entry.text(2, m.Metadata[k])
		model.message(14, entry)
	}
	if model.size > maxMessage {
		return fmt.Errorf("onnx: a model of %d bytes, at most %d are allowed", model.size, maxMessage)
	}
	return model.writeTo(w)
}

// check returns an error if names do not fit together.
func (m *Model) check() error {
	known := map[string]bool{}
	give := func(name string) error {
		if name == "" || known[name] {
			return fmt.Errorf("the name %q is empty or given twice", name)
		}
		known[name] = true
		return nil
	}
	for _, v := range m.Inputs {
		if err := give(v.Name); err != nil {
			return err
		}
	}
	for _, w := range m.Weights {
		if err := give(w.Name); err != nil {
			return err
		}
	}
	for _, n := range m.Nodes {
		for _, in := range n.Inputs {
			if !known[in] {
				return fmt.Errorf("%s takes %q, which nothing before it gives", n.Op, in)
			}
		}
		for _, out := range n.Outputs {
			if err := give(out); err != nil {
				return err
			}
		}
	}
	for _, v := range m.Outputs {
		if !known[v.Name] {
			return fmt.Errorf("the output %q is given by nothing", v.Name)
		}
	}
	return nil
}

func (n *Node) encode(name string) (*message, error) {
	m := &message{}
	for _, in := range n.Inputs {
		m.text(1, in)
	}
	for _, out := range n.Outputs {
		m.text(2, out)
	}
	m.text(3, name)
	m.text(4, n.Op)
	for _, k := range slices.Sorted(maps.Keys(n.Attrs)) {
		a := &message{}
		a.text(1, k)
		switch v := n.Attrs[k].(type) {
		case float32:
			a.float(2, v)
			a.int(20, attrFloat)
		case int:
			a.int(3, int64(v))
			a.int(20, attrInt)
		case []int:
			for _, i := range v {
				a.int(8, int64(i))
			}
			a.int(20, attrInts)
		default:
			return nil, fmt.Errorf("attribute %s of %s is a %T, expected int, float32 or []int", k, n.Op, v)
		}
		m.message(5, a)
	}
	return m, nil
}

func (w *Weight) encode() *message {
	m := &message{}
	n := int64(4)
	for _, d := range w.Shape {
		m.int(1, int64(d))
		n *= int64(d)
	}
	m.int(2, typeFloat)
	m.text(8, w.Name)
	m.stream(9, n, w.Source)
	return m
}

func (v *Value) encode() *message {
	shape, tensor, kind, m := &message{}, &message{}, &message{}, &message{}
	for _, d := range v.Dims {
		dim := &message{}
		if n, ok := d.(int); ok {
			dim.int(1, int64(n))
		} else {
			dim.text(2, fmt.Sprint(d))
		}
		shape.message(1, dim)
	}
	tensor.int(1, typeFloat)
	tensor.message(2, shape)
	kind.message(1, tensor)
	m.text(1, v.Name)
	m.message(2, kind)
	return m
}
