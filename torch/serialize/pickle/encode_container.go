package pickle

import "slices"

// tuple writes the items and then collects them. An empty tuple is not memoised.
func (e *encoder) tuple(t *Tuple) {
	n := len(t.Items)
	if n == 0 {
		e.buf.WriteByte(opEmptyTuple)
		return
	}
	if n > 3 {
		e.buf.WriteByte(opMark)
	}
	e.values(t.Items)
	if n > 3 {
		e.buf.WriteByte(opTuple)
	} else {
		e.buf.WriteByte(opTuple1 + byte(n) - 1)
	}
	e.put(t)
}

func (e *encoder) values(items []any) {
	for _, item := range items {
		e.value(item)
	}
}

// list writes an empty list, under the given key of the memo, and appends.
func (e *encoder) list(key any, items []any) {
	e.buf.WriteByte(opEmptyList)
	e.put(key)
	if len(items) == 1 {
		e.value(items[0])
		e.buf.WriteByte(opAppend)
		return
	}
	for part := range slices.Chunk(items, batch) {
		e.buf.WriteByte(opMark)
		e.values(part)
		e.buf.WriteByte(opAppends)
	}
}

// dict writes an empty dict or a call of OrderedDict, then the items, then the
// attributes; a Counter is a call with a dict.
func (e *encoder) dict(d *Dict) {
	if d.Counter {
		counts := *d
		counts.Counter = false
		e.reduction(d, &Reduction{Fn: Global{"collections", "Counter"}, Args: NewTuple(&counts)})
		return
	}
	if d.Ordered {
		e.global(Global{"collections", "OrderedDict"})
		e.buf.Write([]byte{opEmptyTuple, opReduce})
	} else {
		e.buf.WriteByte(opEmptyDict)
	}
	e.put(d)
	for start := 0; start < d.Len(); start += batch {
		end := min(d.Len(), start+batch)
		// CPython writes a last single item without a mark, for a plain dict
		// only if it is the only one.
		single := end-start == 1 && (d.Ordered || d.Len() == 1)
		if !single {
			e.buf.WriteByte(opMark)
		}
		for i := start; i < end; i++ {
			key, value := d.At(i)
			e.value(key)
			e.value(value)
		}
		if single {
			e.buf.WriteByte(opSetItem)
		} else {
			e.buf.WriteByte(opSetItems)
		}
	}
	if d.Attrs != nil {
		e.value(d.Attrs)
		e.buf.WriteByte(opBuild)
	}
}

// reduction writes a call, under the given key of the memo.
func (e *encoder) reduction(key any, r *Reduction) {
	e.global(r.Fn)
	e.value(r.Args)
	if r.New {
		e.buf.WriteByte(opNewObj)
	} else {
		e.buf.WriteByte(opReduce)
	}
	e.put(key)
	if r.State != nil {
		e.value(r.State)
		e.buf.WriteByte(opBuild)
	}
}
