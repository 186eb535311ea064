package serialize

// Lookup returns the value of d, which may be nil, whose key is a string; false if there
// is none, or none of type T.
func Lookup[T any](d *Dict, name string) (v T, ok bool) {
	if d != nil {
		found, _ := d.Lookup(name)
		v, ok = found.(T)
	}
	return v, ok
}
