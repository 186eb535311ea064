package checkpoint

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// own are the keys of the dict bcl that are no named state.
var own = []string{"format", "program", "libtorch", "config", "data", "position", "memory"}

// stateOf returns the values of d, as [Snapshot] wrote them from named state. Values of
// other kinds stay as they are; keys in without are left out.
func stateOf(d *serialize.Dict, without ...string) (state.Dict, error) {
	var all state.Dict
	for key, value := range d.All() {
		name := fmt.Sprint(key)
		if slices.Contains(without, name) {
			continue
		}
		switch v := value.(type) {
		case *serialize.Tensor:
			t, err := bridge.FromFile(v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			value = t
		case *serialize.Dict:
			sub, err := stateOf(v)
			if err != nil {
				return nil, fmt.Errorf("%s.%w", name, err)
			}
			value = sub
		}
		all = append(all, state.Entry{Name: name, Value: value})
	}
	return all, nil
}
