package pickle

import "fmt"

// container runs the opcodes of tuples, lists, dicts and sets.
func (d *Decoder) container(op byte) error {
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
		items, err := d.popN(int(op-opTuple1) + 1)
		return d.pushed(&Tuple{items}, err)
	case opTuple:
		items, err := d.popMark()
		return d.pushed(&Tuple{items}, err)
	case opList:
		items, err := d.popMark()
		return d.pushed(&List{items}, err)
	case opFrozenSet:
		items, err := d.popMark()
		if err != nil {
			return err
		}
		return d.pushed(d.makeSet(items))
	case opDict:
		items, err := d.popMark()
		if err != nil {
			return err
		}
		dict := &Dict{}
		d.push(dict)
		return d.setItems(dict, items)
	case opAppend:
		items, err := d.popN(1)
		return d.extend(items, err)
	case opAppends, opAddItems:
		items, err := d.popMark()
		return d.extend(items, err)
	case opSetItem, opSetItems:
		var items []any
		var err error
		if op == opSetItem {
			items, err = d.popN(2)
		} else {
			items, err = d.popMark()
		}
		if err != nil {
			return err
		}
		v, err := d.top()
		if err != nil {
			return err
		}
		if _, ok := v.(*Opaque); ok {
			return nil
		}
		dict, ok := v.(*Dict)
		if !ok {
			return fmt.Errorf("an item is set in a %s, expected a dict", TypeName(v))
		}
		return d.setItems(dict, items)
	default:
		return fmt.Errorf("unknown opcode")
	}
	return nil
}

// extend adds items to the list or set on top of the stack.
func (d *Decoder) extend(items []any, err error) error {
	if err != nil {
		return err
	}
	v, err := d.top()
	if err != nil {
		return err
	}
	switch c := v.(type) {
	case *List:
		c.Items = append(c.Items, items...)
	case *Set:
		if len(c.Items) > 0 { // CPython writes all items at once, or 1,000 at a time
			if err := d.Charge(len(c.Items)); err != nil {
				return err
			}
		}
		s, err := d.makeSet(append(c.Items[:len(c.Items):len(c.Items)], items...))
		if err != nil {
			return err
		}
		c.Items = s.(*Set).Items
	case *Opaque:
	default:
		return fmt.Errorf("an item is added to a %s, expected a list or set", TypeName(v))
	}
	return nil
}

func (d *Decoder) setItems(dict *Dict, items []any) error {
	if len(items)%2 != 0 {
		return fmt.Errorf("%d keys and values, an odd number", len(items))
	}
	for i := 0; i < len(items); i += 2 {
		if err := d.setItem(dict, items[i], items[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// setItem adds a key that must be new: Python never writes one twice, and
// readers that disagree on which counts can be played off against each other.
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

func (d *Decoder) makeSet(items []any) (any, error) {
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

// hash is hashKey at a price: a long key may be used again and again through
// the memo, and each time takes as long as it is.
func (d *Decoder) hash(key any) (any, error) {
	const free = 64
	cost := 0
	switch k := key.(type) {
	case string:
		cost = len(k) - free
	case []byte:
		cost = len(k) - free
	}
	if cost > 0 {
		if err := d.Charge(cost); err != nil {
			return nil, err
		}
	}
	hash, err := hashKey(key)
	switch h := hash.(type) {
	case tupleKey:
		cost = len(h) - free
	case bigKey:
		cost = len(h) - free
	default:
		cost = 0
	}
	if err == nil && cost > 0 {
		err = d.Charge(cost)
	}
	return hash, err
}
