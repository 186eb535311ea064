package pickle

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// object runs the opcodes that name, call and fetch objects.
func (d *Decoder) object(op byte) any {
	switch op {
	case opGlobal:
		return d.find(d.in.line(), d.in.line())
	case opStackGlobal:
		v := d.popN(2)
		module, ok1 := v[0].(string)
		name, ok2 := v[1].(string)
		if !ok1 || !ok2 {
			panic(failure("a global named by a %s and a %s, expected two str", TypeName(v[0]), TypeName(v[1])))
		}
		return d.find(module, name)
	case opPersID:
		return d.persistent(d.in.line())
	case opBinPersID:
		return d.persistent(d.pop())
	case opNewObjEx:
		v := d.popN(3)
		_, opaque := v[0].(*Opaque)
		if kw, ok := v[2].(*Dict); (!ok || kw.Len() > 0) && !opaque {
			panic(failure("keyword arguments are not supported"))
		}
		return d.call(v[0], v[1])
	case opInst:
		module, name := d.in.line(), d.in.line()
		args := &Tuple{d.popMark()}
		return d.call(d.find(module, name), args)
	case opObj:
		v := d.popMark()
		if len(v) == 0 {
			panic(failure("no class above the mark"))
		}
		return d.call(v[0], &Tuple{v[1:]})
	}
	v := d.popN(2) // opReduce, opNewObj
	return d.call(v[0], v[1])
}

func (d *Decoder) find(module, name string) any {
	if d.opts.FindClass == nil {
		panic(failure("the global %q is refused: none are allowed", module+"."+name))
	}
	return must(d.opts.FindClass(module, name))
}

func (d *Decoder) persistent(id any) any {
	if d.opts.PersistentLoad == nil {
		panic(failure("a persistent id, which this kind of pickle does not have"))
	}
	v, err := d.opts.PersistentLoad(id)
	return must(d.orOpaque("a persistent id", nil, v, err))
}

func (d *Decoder) call(f, args any) any {
	if o, ok := f.(*Opaque); ok {
		return &Opaque{Name: o.Name}
	}
	class, ok := f.(*Class)
	if !ok || class.New == nil {
		panic(failure("a %s is called, expected a class or function", TypeName(f)))
	}
	t, ok := args.(*Tuple)
	if !ok {
		panic(failure("%s is called with a %s, expected a tuple", class.Name, TypeName(args)))
	}
	v, err := class.New(d, t.Items)
	if v, err = d.orOpaque(class.Name, t.Items, v, err); err != nil {
		panic(failure("%s: %w", class.Name, err))
	}
	return v
}

// build gives a value its state, or returns another to take its place.
func (d *Decoder) build(v, state any) (instead any, err error) {
	switch v := v.(type) {
	case *Dict:
		if !v.Ordered {
			break
		}
		attrs, ok := state.(*Dict)
		if !ok || v.Attrs != nil {
			return nil, fmt.Errorf("the state of an OrderedDict is a %s, expected one dict", TypeName(state))
		}
		v.Attrs = attrs
		return nil, nil
	case *npy.Array:
		if err = d.setArray(v, state); err != nil {
			*v = npy.Array{DType: unset}
			return d.orOpaque("numpy.ndarray", nil, nil, err)
		}
		return nil, nil
	case *Opaque:
		if d.opts.State == nil || v.What != "" {
			return nil, nil
		}
		return d.opts.State(v, state), nil
	case Stater:
		return nil, v.SetState(d, state)
	}
	return nil, fmt.Errorf("the state of a %s cannot be set", TypeName(v))
}
