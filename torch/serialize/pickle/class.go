package pickle

import (
	"fmt"
	"unicode/utf8"
)

// Class is something a pickle may call: a class or a function. New gets the positional
// arguments of the call; it must not trust them, and must call [Decoder.Charge] before it
// takes memory or time in proportion to anything other than their number.
type Class struct {
	Name string // module and name, for messages
	New  func(d *Decoder, args []any) (any, error)
}

// Stater is implemented by values whose state a pickle may set (BUILD).
type Stater interface {
	SetState(d *Decoder, state any) error
}

// Parent is implemented by values of other packages that contain values of a pickle, so
// that [Check] sees them. They must be pointers.
type Parent interface{ PickleChildren() []any }

// AllowList maps "module.name" to the meaning of that global: a *[Class], or any other
// value, such as an element type.
type AllowList map[string]any

// Find is a FindClass function for [Options]. It returns an error if the name is not in
// the list.
func (l AllowList) Find(module, name string) (any, error) {
	full := module + "." + name
	if v, ok := l[full]; ok {
		return v, nil
	}
	return nil, fmt.Errorf("%q is not on the allow-list", full)
}

// Merge returns a list with the entries of all the given ones.
func Merge(lists ...AllowList) AllowList {
	out := AllowList{}
	for _, l := range lists {
		for name, v := range l {
			out[name] = v
		}
	}
	return out
}

// Builtins lists the globals of pickles of plain data: OrderedDict, Counter, set,
// frozenset, bytearray, complex, and the encoding of bytes as text of protocols 0 to 2.
func Builtins() AllowList {
	l := AllowList{
		"collections.OrderedDict": &Class{"collections.OrderedDict", newOrderedDict},
		"collections.Counter":     &Class{"collections.Counter", newCounter},
		"_codecs.encode":          &Class{"_codecs.encode", encodeLatin1},
	}
	for _, module := range []string{"builtins", "__builtin__"} {
		for _, name := range []string{"set", "frozenset"} {
			l[module+"."+name] = &Class{module + "." + name, newSet}
		}
		for _, name := range []string{"bytes", "bytearray"} {
			l[module+"."+name] = &Class{module + "." + name, newBytes}
		}
		l[module+".complex"] = &Class{module + ".complex", newComplex}
	}
	return l
}

// newOrderedDict makes an OrderedDict, empty or from a list of pairs.
func newOrderedDict(d *Decoder, args []any) (any, error) {
	out := &Dict{Ordered: true}
	if len(args) == 0 {
		return out, nil
	}
	list, ok := args[0].(*List)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("OrderedDict of %d arguments, expected none or a list of pairs", len(args))
	}
	if err := d.Charge(64 * len(list.Items)); err != nil {
		return nil, err
	}
	for i, item := range list.Items {
		var pair []any
		switch p := item.(type) {
		case *List:
			pair = p.Items
		case *Tuple:
			pair = p.Items
		}
		if len(pair) != 2 {
			return nil, fmt.Errorf("OrderedDict: item %d is a %s, not a pair", i, TypeName(item))
		}
		if err := d.setItem(out, pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newCounter makes a Counter, empty or from a dict of counts.
func newCounter(d *Decoder, args []any) (any, error) {
	out := &Dict{Counter: true}
	if len(args) == 0 {
		return out, nil
	}
	counts, ok := args[0].(*Dict)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("a Counter of %d arguments, expected none or a dict", len(args))
	}
	if err := d.Charge(64 * counts.Len()); err != nil {
		return nil, err
	}
	for k, v := range counts.All() {
		if err := d.setItem(out, k, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newComplex is complex(real, imag).
func newComplex(_ *Decoder, args []any) (any, error) {
	if len(args) == 2 {
		re, ok := args[0].(float64)
		im, ok2 := args[1].(float64)
		if ok && ok2 {
			return complex(re, im), nil
		}
	}
	return nil, fmt.Errorf("complex of %d arguments, expected two of type float", len(args))
}

// encodeLatin1 reverses how protocol 2 writes bytes: as text of the characters 0 to 255.
func encodeLatin1(d *Decoder, args []any) (any, error) {
	if len(args) != 2 || args[1] != "latin1" {
		return nil, fmt.Errorf("_codecs.encode is only supported with a string and 'latin1'")
	}
	s, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("_codecs.encode of a %s, expected a str", TypeName(args[0]))
	}
	if err := d.Charge(len(s)); err != nil {
		return nil, err
	}
	out := make([]byte, 0, utf8.RuneCountInString(s))
	for i, r := range s {
		if r > 0xff {
			return nil, fmt.Errorf("_codecs.encode: the character %q at byte %d is not latin-1", r, i)
		}
		out = append(out, byte(r))
	}
	return out, nil
}

func newBytes(d *Decoder, args []any) (any, error) {
	if len(args) == 0 {
		return []byte{}, nil
	}
	if b, ok := args[0].([]byte); ok && len(args) == 1 {
		return b, nil
	}
	if _, ok := args[0].(string); ok && len(args) == 2 { // bytearray(text, 'latin-1')
		if args[1] == "latin-1" {
			args = []any{args[0], "latin1"}
		}
		return encodeLatin1(d, args)
	}
	return nil, fmt.Errorf("bytes or bytearray of a %s, expected bytes", TypeName(args[0]))
}

func newSet(d *Decoder, args []any) (any, error) {
	if len(args) == 0 {
		return &Set{}, nil
	}
	list, ok := args[0].(*List)
	if !ok || len(args) != 1 {
		return nil, fmt.Errorf("a set of %d arguments, expected none or a list", len(args))
	}
	if err := d.Charge(64 * len(list.Items)); err != nil {
		return nil, err
	}
	return d.makeSet(list.Items)
}
