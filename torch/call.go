package torch

import (
	"fmt"
	"strings"
	"sync"

	"github.com/bcl-go/bcl/cgo"
)

// Call runs any operator of libtorch by its name in PyTorch's native_functions.yaml with
// the overload after a dot ("add.Tensor", "relu"), and returns its tensors, including
// those in lists; [Values] returns numbers too. Arguments follow the schema: [Tensor]
// (zero for None), []Tensor, int, int64, float64, bool, string, []int64, []float64,
// []bool, [DType], [Device], [MemoryFormat], nil for None, and [Default] for the schema's
// default; omitted trailing arguments get their defaults.
func Call(name string, args ...any) []Tensor {
	var out []Tensor
	for _, v := range Values(name, args...) {
		switch v := v.(type) {
		case Tensor:
			out = append(out, v)
		case []Tensor:
			out = append(out, v...)
		}
	}
	return out
}

// Values is [Call] for operators that return more than tensors. Each result is a [Tensor]
// (zero for one that was not requested), []Tensor, int64, float64, bool, or nil for None.
// Other types, and lists of more than 510 tensors, are errors.
func Values(name string, args ...any) []any {
	out, err := find(name).Results(words(name, args))
	check(name, err)
	for i, v := range out {
		switch v := v.(type) {
		case cgo.Tensor:
			out[i] = Tensor{v}
		case []cgo.Tensor:
			out[i] = wrap(v)
		}
	}
	return out
}

// Default means the schema's default value in the arguments of [Call].
var Default = defaultValue{}

type defaultValue struct{}

var ops sync.Map // name -> *cgo.Op

func find(name string) *cgo.Op {
	if o, ok := ops.Load(name); ok {
		return o.(*cgo.Op)
	}
	base, overload, _ := strings.Cut(name, ".")
	if !strings.Contains(base, "::") {
		base = "aten::" + base
	}
	o, _ := ops.LoadOrStore(name, &cgo.Op{Name: base, Overload: overload})
	return o.(*cgo.Op)
}

// one runs an operator that returns one tensor.
func one(name string, args ...any) Tensor {
	h, err := find(name).Call1(words(name, args))
	check(name, err)
	return Tensor{h}
}

// inPlace runs an operator that changes self, its first argument.
func inPlace(name string, self Tensor, args ...any) Tensor {
	check(name, find(name).CallVoid(words(name, append([]any{self}, args...))))
	return self
}

// Run runs an operator for its effect and drops its results.
func Run(name string, args ...any) { check(name, find(name).CallVoid(words(name, args))) }

func words(name string, args []any) *cgo.Args {
	a := cgo.NewArgs()
	for i, arg := range args {
		switch v := arg.(type) {
		case Tensor:
			a.Tensor(v.h)
		case []Tensor:
			a.Tensors(handles(v))
		case int:
			a.Int(int64(v))
		case int64:
			a.Int(v)
		case float64:
			a.Float(v)
		case bool:
			a.Bool(v)
		case nil:
			a.None()
		case []int64:
			a.Ints(v)
		case []float64:
			a.Floats(v)
		case []bool:
			a.Bools(v)
		case string:
			a.String(v)
		case DType:
			check(name, known(v))
			a.Int(int64(v))
		case MemoryFormat:
			a.Int(int64(v))
		case Device:
			a.Device(int(v.Type), v.Index)
		case defaultValue:
			a.Default()
		default:
			check(name, fmt.Errorf("argument %d has type %T, which no operator takes", i, arg))
		}
	}
	return a
}

// known rejects a number that is not a DType: libtorch would end the process.
func known(d DType) error {
	if d.Size() == 0 {
		return fmt.Errorf("unknown %v", d)
	}
	return nil
}

func handles(tensors []Tensor) []cgo.Tensor {
	h := make([]cgo.Tensor, len(tensors))
	for i, t := range tensors {
		h[i] = t.h
	}
	return h
}

func wrap(handles []cgo.Tensor) []Tensor {
	t := make([]Tensor, len(handles))
	for i, h := range handles {
		t[i] = Tensor{h}
	}
	return t
}
