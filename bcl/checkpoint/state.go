package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// stateOf returns the values of d, as [Snapshot] wrote them from named state. Other
// values are not changed.
func stateOf(d *serialize.Dict) (state.Dict, error) {
	var all state.Dict
	for key, value := range d.All() {
		name := fmt.Sprint(key)
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
