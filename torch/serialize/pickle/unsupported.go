package pickle

import "errors"

// Unsupported is the error of a [Class] or of Options.PersistentLoad for a value that the
// format allows and that is not read, such as an array of str.
type Unsupported struct {
	What string // the value, such as "a numpy array of str [2]"
	Err  error  // why it is not read
}

func (u *Unsupported) Error() string { return u.Err.Error() }

// Unwrap returns Err.
func (u *Unsupported) Unwrap() error { return u.Err }

// orOpaque returns an [Opaque] in place of the error of a value that is not supported, if
// Options.SkipUnsupported is set. A value made of such a one is not supported either.
func (d *Decoder) orOpaque(name string, args []any, v any, err error) (any, error) {
	if err == nil || !d.opts.SkipUnsupported {
		return v, err
	}
	what := ""
	if u := (*Unsupported)(nil); errors.As(err, &u) {
		what = u.What
	}
	for _, a := range args {
		if o, ok := a.(*Opaque); ok && what == "" {
			what = o.What
		}
	}
	if what == "" {
		return nil, err
	}
	return &Opaque{Name: name, What: what}, d.Charge(len(what))
}

// replace puts a new value in the place of the topmost one, also for the memo. Containers
// that hold the old one, which only a value within itself can be, keep it.
func (d *Decoder) replace(new any) {
	if d.instead == nil {
		d.instead = map[any]any{}
	}
	d.instead[d.top()] = new // a pointer: an *Opaque or *npy.Array
	d.stack[len(d.stack)-1] = new
}
