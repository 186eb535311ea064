package pickle

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
)

func FuzzPickle(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.pkl")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var v any
		var err error
		bounded.Check(t, len(b), 400, func() { v, err = Unmarshal(b, plain) })
		if err == nil && len(b) < 1<<16 {
			_ = repr(v) // walking any result ends
		}
		bounded.Check(t, len(b), 400, func() { v, err = Unmarshal(b, skipping) })
		if err == nil && len(b) < 1<<16 {
			_ = repr(v)
		}
	})
}
