package pickle

// tuple writes the items and then collects them. An empty tuple is not memoised.
func (e *encoder) tuple(t *Tuple) error {
	n := len(t.Items)
	if n == 0 {
		e.buf.WriteByte(opEmptyTuple)
		return nil
	}
	if n > 3 {
		e.buf.WriteByte(opMark)
	}
	for _, item := range t.Items {
		if err := e.value(item); err != nil {
			return err
		}
	}
	if n > 3 {
		e.buf.WriteByte(opTuple)
	} else {
		e.buf.WriteByte(opTuple1 + byte(n) - 1)
	}
	e.put(t)
	return nil
}

// list writes an empty list, under the given key of the memo, and appends.
func (e *encoder) list(key any, items []any) error {
	e.buf.WriteByte(opEmptyList)
	e.put(key)
	if len(items) == 1 {
		if err := e.value(items[0]); err != nil {
			return err
		}
		e.buf.WriteByte(opAppend)
		return nil
	}
	for len(items) > 0 {
		n := min(len(items), batch)
		e.buf.WriteByte(opMark)
		for _, item := range items[:n] {
			if err := e.value(item); err != nil {
				return err
			}
		}
		e.buf.WriteByte(opAppends)
		items = items[n:]
	}
	return nil
}

// dict writes an empty dict or a call of OrderedDict, then the items, then the
// attributes; a Counter is a call with a dict.
func (e *encoder) dict(d *Dict) error {
	if d.Counter {
		counts := *d
		counts.Counter = false
		return e.reduction(d, &Reduction{Fn: Global{"collections", "Counter"}, Args: NewTuple(&counts)})
	}
	if d.Ordered {
		e.global(Global{"collections", "OrderedDict"})
		e.buf.Write([]byte{opEmptyTuple, opReduce})
	} else {
		e.buf.WriteByte(opEmptyDict)
	}
	e.put(d)
	for start := 0; start < d.Len(); {
		n := min(d.Len()-start, batch)
		// CPython writes a last single item without a mark, for a plain dict
		// only if it is the only one.
		single := n == 1 && (d.Ordered || d.Len() == 1)
		if !single {
			e.buf.WriteByte(opMark)
		}
		for i := start; i < start+n; i++ {
			key, value := d.At(i)
			if err := e.value(key); err != nil {
				return err
			}
			if err := e.value(value); err != nil {
				return err
			}
		}
		if single {
			e.buf.WriteByte(opSetItem)
		} else {
			e.buf.WriteByte(opSetItems)
		}
		start += n
	}
	if d.Attrs == nil {
		return nil
	}
	if err := e.value(d.Attrs); err != nil {
		return err
	}
	e.buf.WriteByte(opBuild)
	return nil
}

// reduction writes a call, under the given key of the memo.
func (e *encoder) reduction(key any, r *Reduction) error {
	e.global(r.Fn)
	if err := e.value(r.Args); err != nil {
		return err
	}
	if r.New {
		e.buf.WriteByte(opNewObj)
	} else {
		e.buf.WriteByte(opReduce)
	}
	e.put(key)
	if r.State == nil {
		return nil
	}
	if err := e.value(r.State); err != nil {
		return err
	}
	e.buf.WriteByte(opBuild)
	return nil
}
