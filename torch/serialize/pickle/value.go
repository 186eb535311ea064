package pickle

import "iter"

// List is Python's list.
type List struct{ Items []any }

// Tuple is Python's tuple.
type Tuple struct{ Items []any }

// Set is Python's set or frozenset; no two items are equal.
type Set struct{ Items []any }

// NewTuple returns a tuple of the given values.
func NewTuple(items ...any) *Tuple { return &Tuple{items} }

// NewList returns a list of the given values.
func NewList(items ...any) *List { return &List{items} }

// Dict is Python's dict, collections.OrderedDict or collections.Counter. It keeps the
// order in which keys were first set. Keys are compared as in Python: 1, 1.0 and True are
// one key.
type Dict struct {
	Ordered bool  // an OrderedDict
	Counter bool  // a Counter, such as MultiStepLR's milestones
	Attrs   *Dict // attributes of an OrderedDict, such as _metadata; may be nil

	keys, values []any
	index        map[any]int
}

// NewDict returns a dict of alternating keys and values. It panics if their number is odd
// or if a key is not hashable.
func NewDict(pairs ...any) *Dict {
	d := new(Dict)
	for i := 0; i < len(pairs); i += 2 {
		if err := d.Set(pairs[i], pairs[i+1]); err != nil {
			panic(err)
		}
	}
	return d
}

// NewOrderedDict is like [NewDict] for a collections.OrderedDict.
func NewOrderedDict(pairs ...any) *Dict {
	d := NewDict(pairs...)
	d.Ordered = true
	return d
}

// Len returns the number of keys.
func (d *Dict) Len() int { return len(d.keys) }

// At returns the i-th key and its value.
func (d *Dict) At(i int) (key, value any) { return d.keys[i], d.values[i] }

// All yields the keys and values in order; none for a nil Dict.
func (d *Dict) All() iter.Seq2[any, any] {
	return func(yield func(any, any) bool) {
		if d == nil {
			return
		}
		for i, k := range d.keys {
			if !yield(k, d.values[i]) {
				return
			}
		}
	}
}

// Get returns the value of a key. Go's integers of any size are Python's int.
func (d *Dict) Get(key any) (any, bool) {
	k, err := hashKey(key)
	if err != nil {
		return nil, false
	}
	i, ok := d.index[k]
	if !ok {
		return nil, false
	}
	return d.values[i], true
}

// Lookup returns the value whose key is the string s, or else the bytes s: the
// keys of a pickle from Python 2 may be either.
func (d *Dict) Lookup(s string) (any, bool) {
	if v, ok := d.Get(s); ok {
		return v, true
	}
	return d.Get([]byte(s))
}

// Set sets the value of a key. It is an error if the key is not hashable, such
// as a list.
func (d *Dict) Set(key, value any) error {
	k, err := hashKey(key)
	if err != nil {
		return err
	}
	if i, ok := d.index[k]; ok {
		d.values[i] = value
		return nil
	}
	d.add(k, key, value)
	return nil
}

func (d *Dict) add(hash, key, value any) {
	if d.index == nil {
		d.index = make(map[any]int)
	}
	d.index[hash] = len(d.keys)
	d.keys = append(d.keys, key)
	d.values = append(d.values, value)
}
