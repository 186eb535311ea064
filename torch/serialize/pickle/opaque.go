package pickle

// Opaque stands for a global that is not known and for all that a pickle makes of
// it: what is called, filled or given a state is an Opaque of the same name and
// nothing else. Its arguments are dropped.
type Opaque struct{ Name string }

// PickleHashable lets an Opaque be a key.
func (*Opaque) PickleHashable() {}

// Skip returns a FindClass function that gives an *[Opaque] where find fails, and
// tells unknown the name. Nothing of what it stands for is run, as before; but a
// tree that is otherwise plain can be read.
func Skip(find func(module, name string) (any, error), unknown func(name string)) func(module, name string) (any, error) {
	return func(module, name string) (any, error) {
		v, err := find(module, name)
		if err != nil {
			full := module + "." + name
			unknown(full)
			return &Opaque{full}, nil
		}
		return v, nil
	}
}
