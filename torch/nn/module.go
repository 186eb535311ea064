package nn

import (
	"github.com/bcl-go/bcl/torch"
)

// Module is a part of a network: a tree with names. It need not have a forward function;
// see [Layer].
type Module interface{ node() *Base }

// Layer is a module that maps one tensor to one.
type Layer interface {
	Module
	Forward(x torch.Tensor) torch.Tensor
}

// kind is the role of a module's tensor.
type kind int

const (
	param kind = iota
	buffer
	transient // state that is not saved
)

// Base holds the names of a module's parameters, buffers and children. Modules
// embed it; its zero value is ready.
type Base struct {
	tensors  [3][]Named // by kind
	children []child
	eval     bool
}

// Named is a tensor with its name, such as "layer1.0.conv1.weight".
type Named struct {
	Name   string
	Tensor torch.Tensor
}

type child struct {
	name   string
	module Module
}

func (b *Base) node() *Base { return b }

// Training reports whether the module is in training mode, as it is at first.
func (b *Base) Training() bool { return !b.eval }

// Param registers t as a parameter of m, sets requires_grad and returns it.
func Param(m Module, name string, t torch.Tensor) torch.Tensor {
	return register(m, param, name, t.SetRequiresGrad(true))
}

// Buffer registers t as state of m that is saved but not trained, and returns it.
func Buffer(m Module, name string, t torch.Tensor) torch.Tensor {
	return register(m, buffer, name, t)
}

// Transient registers t as state of m that is neither trained nor saved but moves
// with m to another device or memory format, and returns it (register_buffer with
// persistent=False).
func Transient(m Module, name string, t torch.Tensor) torch.Tensor {
	return register(m, transient, name, t)
}

func register(m Module, k kind, name string, t torch.Tensor) torch.Tensor {
	b := m.node()
	b.tensors[k] = append(b.tensors[k], Named{name, t})
	return t
}

// Child registers c as a part of m and returns it.
func Child[M Module](m Module, name string, c M) M {
	b := m.node()
	b.children = append(b.children, child{name, c})
	return c
}

// Walk calls f for m and every module below it, parents first, in order of
// registration (torch.nn.Module.named_modules).
func Walk(m Module, f func(name string, m Module)) { walk("", m, f) }

func walk(name string, m Module, f func(string, Module)) {
	f(name, m)
	for _, c := range m.node().children {
		walk(join(name, c.name), c.module, f)
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// IsTraining reports whether m is in training mode.
func IsTraining(m Module) bool { return m.node().Training() }

// Train sets m and its submodules to training mode.
func Train(m Module) { setEval(m, false) }

// Eval sets m and its submodules to evaluation mode.
func Eval(m Module) { setEval(m, true) }

func setEval(m Module, eval bool) {
	Walk(m, func(_ string, m Module) { m.node().eval = eval })
}

// named returns the tensors of some kinds of m and its submodules.
func named(m Module, kinds ...kind) []Named {
	var out []Named
	Walk(m, func(name string, m Module) {
		for _, k := range kinds {
			for _, n := range m.node().tensors[k] {
				out = append(out, Named{join(name, n.Name), n.Tensor})
			}
		}
	})
	return out
}

// NamedParameters returns all parameters of m in PyTorch's order.
func NamedParameters(m Module) []Named { return named(m, param) }

// Parameters returns all parameters of m in PyTorch's order.
func Parameters(m Module) []torch.Tensor {
	var out []torch.Tensor
	for _, p := range NamedParameters(m) {
		out = append(out, p.Tensor)
	}
	return out
}

// ZeroGrad drops the gradients of all parameters of m.
func ZeroGrad(m Module) {
	for _, p := range Parameters(m) {
		p.SetGrad(torch.Tensor{})
	}
}

// To moves m to a device. Parameters keep their identity, so an optimiser made
// before still trains them.
func To(m Module, d torch.Device) {
	each(m, func(t torch.Tensor) { t.SetData(t.Detach().ToDevice(d)) })
}

// ToChannelsLast converts the weights of convolutions to the memory format in which CPUs
// and tensor cores are fastest.
func ToChannelsLast(m Module) {
	each(m, func(t torch.Tensor) {
		if t.Dim() == 4 {
			t.SetData(t.Detach().ToFormat(torch.ChannelsLast))
		}
	})
}

// each calls f for every parameter and buffer, saved or not.
func each(m Module, f func(torch.Tensor)) {
	for _, n := range named(m, param, buffer, transient) {
		f(n.Tensor)
	}
}
