package repro

import (
	"runtime"
	"testing"
)

// FuzzPreset: no text makes the reader of presets panic or allocate disproportionately,
// and accepted presets have a name and methods.
func FuzzPreset(f *testing.F) {
	for _, name := range Names() {
		text, err := presets.ReadFile("presets/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("name: a\nmethods: [&m {method: bcl-i, name: x}, *m]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p, err := Parse(text, "fuzz")
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(20_000*len(text)+64<<20) {
			t.Errorf("%d bytes of memory for %d bytes of text", used, len(text))
		}
		if err == nil && (p.Name == "" || len(p.Methods) == 0) {
			t.Errorf("accepted a preset named %q with %d methods", p.Name, len(p.Methods))
		}
	})
}
