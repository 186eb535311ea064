package dataset

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// FuzzBounded: for any bytes, no reader of lists, manifests and pickles allocates more
// than a multiple of their size plus a constant.
func FuzzBounded(f *testing.F) {
	readers := []struct {
		name string
		read func(data []byte)
	}{
		{"a text list", func(data []byte) { readText(bytes.NewReader(data), "fuzz") }},
		{"a JSON list", func(data []byte) { readJSON(bytes.NewReader(data), "fuzz") }},
		{"an index list", func(data []byte) {
			if a, err := npy.Read(bytes.NewReader(data)); err == nil {
				indexList(a, "fuzz")
			}
		}},
		{"a manifest", func(data []byte) { json.Unmarshal(data, new(Manifest)) }},
		{"a pickle of CIFAR", func(data []byte) {
			if dict, err := unpickle(data); err == nil {
				cifarPickle{labelsKey: "labels"}.batch(dict, "fuzz", 2, 10, &cifar{})
			}
		}},
	}
	f.Add([]byte("a/b.jpg 0\nc d.jpg 12\r\n"))
	f.Add([]byte(species))
	f.Add([]byte(`{"images":[[[[[[[[`))
	if list, err := encodeIndexList([]int{3, 1, 5}); err == nil {
		f.Add(list)
	}
	for _, name := range []string{"py2/data_batch_1", "proto4/data_batch_1", "evil/data_batch_1"} {
		data, err := os.ReadFile(filepath.Join("testdata", "cifar", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readers {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r.read(data)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > uint64(400*len(data)+16<<20) {
				t.Errorf("%d bytes of memory for %s of %d", used, r.name, len(data))
			}
		}
	})
}
