package pickle

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// object runs the opcodes that name, call and fetch objects.
func (d *Decoder) object(op byte) (any, error) {
	switch op {
	case opGlobal:
		module, err := d.in.line()
		if err != nil {
			return nil, err
		}
		name, err := d.in.line()
		if err != nil {
			return nil, err
		}
		return d.find(module, name)
	case opStackGlobal:
		v, err := d.popN(2)
		if err != nil {
			return nil, err
		}
		module, ok1 := v[0].(string)
		name, ok2 := v[1].(string)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("a global named by a %s and a %s, expected two str", TypeName(v[0]), TypeName(v[1]))
		}
		return d.find(module, name)
	case opPersID:
		line, err := d.in.line()
		if err != nil {
			return nil, err
		}
		return d.persistent(line)
	case opBinPersID:
		id, err := d.pop()
		if err != nil {
			return nil, err
		}
		return d.persistent(id)
	case opReduce, opNewObj:
		v, err := d.popN(2)
		if err != nil {
			return nil, err
		}
		return d.call(v[0], v[1])
	case opNewObjEx:
		v, err := d.popN(3)
		if err != nil {
			return nil, err
		}
		_, opaque := v[0].(*Opaque)
		if kw, ok := v[2].(*Dict); (!ok || kw.Len() > 0) && !opaque {
			return nil, fmt.Errorf("keyword arguments are not supported")
		}
		return d.call(v[0], v[1])
	case opInst:
		module, err := d.in.line()
		if err != nil {
			return nil, err
		}
		name, err := d.in.line()
		if err != nil {
			return nil, err
		}
		args, err := d.popMark()
		if err != nil {
			return nil, err
		}
		class, err := d.find(module, name)
		if err != nil {
			return nil, err
		}
		return d.call(class, &Tuple{args})
	case opObj:
		v, err := d.popMark()
		if err != nil {
			return nil, err
		}
		if len(v) == 0 {
			return nil, fmt.Errorf("there is no class above the mark")
		}
		return d.call(v[0], &Tuple{v[1:]})
	}
	return nil, fmt.Errorf("unknown opcode")
}

func (d *Decoder) find(module, name string) (any, error) {
	if d.opts.FindClass == nil {
		return nil, fmt.Errorf("the global %q is refused: none are allowed", module+"."+name)
	}
	return d.opts.FindClass(module, name)
}

func (d *Decoder) persistent(id any) (any, error) {
	if d.opts.PersistentLoad == nil {
		return nil, fmt.Errorf("a persistent id, which this kind of pickle does not have")
	}
	return d.opts.PersistentLoad(id)
}

func (d *Decoder) call(f, args any) (any, error) {
	if o, ok := f.(*Opaque); ok {
		return &Opaque{o.Name}, nil
	}
	class, ok := f.(*Class)
	if !ok || class.New == nil {
		return nil, fmt.Errorf("a %s is called, expected a class or function", TypeName(f))
	}
	t, ok := args.(*Tuple)
	if !ok {
		return nil, fmt.Errorf("%s is called with a %s, expected a tuple", class.Name, TypeName(args))
	}
	v, err := class.New(d, t.Items)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", class.Name, err)
	}
	return v, nil
}

// build gives the value below the top of the stack the state on top of it.
func (d *Decoder) build() error {
	state, err := d.pop()
	if err != nil {
		return err
	}
	v, err := d.top()
	if err != nil {
		return err
	}
	if dict, ok := v.(*Dict); ok && dict.Ordered {
		attrs, ok := state.(*Dict)
		if !ok || dict.Attrs != nil {
			return fmt.Errorf("the state of an OrderedDict is a %s, expected one dict", TypeName(state))
		}
		dict.Attrs = attrs
		return nil
	}
	if a, ok := v.(*npy.Array); ok {
		return d.setArray(a, state)
	}
	if _, ok := v.(*Opaque); ok {
		return nil
	}
	s, ok := v.(Stater)
	if !ok {
		return fmt.Errorf("a %s cannot be given a state", TypeName(v))
	}
	return s.SetState(d, state)
}
