package pickle

import "fmt"

// container runs the opcodes of tuples, lists, dicts and sets.
func (d *Decoder) container(op byte) {
	switch op {
	case opEmptyTuple:
		d.push(&Tuple{})
	case opEmptyList:
		d.push(&List{})
	case opEmptyDict:
		d.push(&Dict{})
	case opEmptySet:
		d.push(&Set{})
	case opTuple1, opTuple2, opTuple3:
		d.push(&Tuple{d.popN(int(op-opTuple1) + 1)})
	case opTuple:
		d.push(&Tuple{d.popMark()})
	case opList:
		d.push(&List{d.popMark()})
	case opFrozenSet:
		d.push(must(d.makeSet(d.popMark())))
	case opDict:
		items := d.popMark()
		dict := &Dict{}
		d.push(dict)
		d.setItems(dict, items)
	case opAppend:
		d.extend(d.popN(1))
	case opAppends, opAddItems:
		d.extend(d.popMark())
	case opSetItem:
		items := d.popN(2)
		d.setItems(d.top(), items)
	case opSetItems:
		items := d.popMark()
		d.setItems(d.top(), items)
	default:
		panic(failure("unknown opcode"))
	}
}

// extend adds items to the list or set on top of the stack.
func (d *Decoder) extend(items []any) {
	switch c := d.top().(type) {
	case *List:
		c.Items = append(c.Items, items...)
	case *Set:
		if len(c.Items) > 0 { // CPython writes all items at once, or 1,000 at a time
			ensure(d.Charge(len(c.Items)))
		}
		*c = *must(d.makeSet(append(c.Items[:len(c.Items):len(c.Items)], items...)))
	case *Opaque:
	default:
		panic(failure("an item is added to a %s, expected a list or set", TypeName(c)))
	}
}

// setItems sets keys and values, which alternate.
func (d *Decoder) setItems(v any, items []any) {
	if _, ok := v.(*Opaque); ok {
		return
	}
	dict, ok := v.(*Dict)
	if !ok {
		panic(failure("an item is set in a %s, expected a dict", TypeName(v)))
	}
	if len(items)%2 != 0 {
		panic(failure("%d keys and values, an odd number", len(items)))
	}
	for i := 0; i < len(items); i += 2 {
		ensure(d.setItem(dict, items[i], items[i+1]))
	}
}

// setItem adds a key that must be new: Python never writes one twice, and readers that
// disagree on which one counts could be tricked.
func (d *Decoder) setItem(dict *Dict, key, value any) error {
	hash, err := d.hash(key)
	if err != nil {
		return err
	}
	if _, ok := dict.index[hash]; ok {
		return fmt.Errorf("a dict has the key %s twice", brief(key))
	}
	dict.add(hash, key, value)
	return nil
}

func (d *Decoder) makeSet(items []any) (*Set, error) {
	seen := make(map[any]bool, len(items))
	for _, item := range items {
		hash, err := d.hash(item)
		if err != nil {
			return nil, err
		}
		if seen[hash] {
			return nil, fmt.Errorf("a set has the item %s twice", brief(item))
		}
		seen[hash] = true
	}
	return &Set{items}, nil
}

// hash is hashKey with a charge: a long key may be used repeatedly through the memo, and
// each use takes time in proportion to its length.
func (d *Decoder) hash(key any) (any, error) {
	const free = 64
	hash, err := hashKey(key)
	if err != nil {
		return nil, err
	}
	size := 0
	switch h := hash.(type) {
	case string:
		size = len(h)
	case bytesKey:
		size = len(h)
	case tupleKey:
		size = len(h)
	case bigKey:
		size = len(h)
	}
	if size > free {
		err = d.Charge(size - free)
	}
	return hash, err
}
