package pickle

// Opaque is an unknown global, or anything that a pickle makes of it: the result of
// calling it, filling it or setting its state is an Opaque of the same name. Arguments
// are dropped. It is also a value that is known and not read, with Options.SkipUnsupported.
type Opaque struct {
	Name string // of the global
	What string // the value that is not read ([Unsupported]); "" for an unknown global
}

// PickleHashable lets an Opaque be a key.
func (*Opaque) PickleHashable() {}

// Skip returns a FindClass function that returns an *[Opaque] where find fails, and calls
// unknown with the name. Still nothing of the pickle is run, but an otherwise plain tree
// can be read.
func Skip(find func(module, name string) (any, error), unknown func(name string)) func(module, name string) (any, error) {
	return func(module, name string) (any, error) {
		v, err := find(module, name)
		if err != nil {
			full := module + "." + name
			unknown(full)
			return &Opaque{Name: full}, nil
		}
		return v, nil
	}
}
