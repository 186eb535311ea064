package tfevents

import (
	"maps"
	"slices"
)

// HParams writes the settings of a run for the hyperparameters' dashboard: numbers
// (float64), words (string) and switches (bool).
func (w *Writer) HParams(settings map[string]any) error {
	var info message // SessionStartInfo: hparams = 1, a map of google.protobuf.Value; start_time_secs = 5
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		var value, entry message // Value: number = 2, string = 3, bool = 4
		switch v := settings[name].(type) {
		case float64:
			value.double(2, v)
		case string:
			value.bytes(3, []byte(v))
		case bool:
			b := uint64(0)
			if v {
				b = 1
			}
			value.uint(4, b)
		default:
			continue
		}
		entry.bytes(1, []byte(name))
		entry.bytes(2, value)
		info.bytes(1, entry)
	}
	info.double(5, float64(w.now().UnixNano())/1e9)
	var content message // HParamsPluginData: session_start_info = 3
	content.bytes(3, info)
	var empty message // a tensor of no values
	empty.uint(1, 1)
	empty.bytes(2, shape(0))
	return w.value(0, "_hparams_/session_start_info", func(m *message) {
		m.bytes(9, metadata("hparams", 2, content))
		m.bytes(8, empty)
	})
}
