package ckpt

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
)

// FuzzInspect describes any file. Memory stays below a multiple of the file's size and of
// what is written of it.
func FuzzInspect(f *testing.F) {
	dir := f.TempDir()
	x, err := serialize.FromFunc(1, []int{2, 3}, nil)
	if err != nil {
		f.Fatal(err)
	}
	x.Storage.Data = make([]byte, x.Storage.Size())
	state := []Tensor{{"conv1.weight", x}, {"layer1.0.se.weight", x}}
	for _, name := range []string{"a.pt", "a.safetensors"} {
		path := filepath.Join(dir, name)
		if err := Save(path, state, SaveOptions{}); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, name := range []string{"module.pt", "module_legacy.pt", "odd.pt", "arrays_4.pkl", "safetensors/testdata/odd.safetensors"} {
		b, err := os.ReadFile(odds(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x80\x02(X\x03\x00\x00\x00abcq\x00h\x00h\x00l."))
	// By default each input with new coverage is made shorter for up to a minute, in which
	// nothing else is tried.
	if v := flag.Lookup("test.fuzzminimizetime"); v.Value.String() == v.DefValue {
		if err := v.Value.Set("200x"); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		file, err := OpenWith(path, OpenOptions{SkipUnknown: true})
		if err == nil {
			defer file.Close()
			if info, err := Inspect(file); err == nil {
				if _, err := json.Marshal(info); err != nil {
					t.Error(err)
				}
			}
			file.State("")
			file.Skipped()
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(2000*len(b)+64<<20) {
			t.Errorf("%d bytes of memory for a file of %d", used, len(b))
		}
	})
}
