package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/internal/filelock"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Names of files in the folder.
const (
	InfoFile    = "index.json"
	vectorsFile = "vectors.npy"   // float32, rows x width, each of length 1: list by list, then those added
	idsFile     = "ids.npy"       // int64: the item that a row is
	centresFile = "centroids.npy" // float32, lists x width
	startsFile  = "starts.npy"    // int64, lists + 1: first rows of the lists
	removedFile = "removed.npy"   // int64: rows that are hidden, in order
)

// Info is index.json.
type Info struct {
	Format  int    `json:"format"` // 2
	Width   int    `json:"width"`
	Rows    int    `json:"rows"`   // stored, removed ones included
	Sorted  int    `json:"sorted"` // of these, in lists; the others were added later
	Lists   int    `json:"lists"`  // 0: flat
	Probe   int    `json:"nprobe"` // lists that are searched by default
	NextID  int64  `json:"next_id"`
	Layer   string `json:"layer"`           // of the network
	Source  string `json:"source"`          // folder of features that it was built from
	SHA256  string `json:"sha256"`          // of the network's weights
	Match   *Match `json:"match,omitempty"` // calibrated
	Program string `json:"program"`
	// Features says how images are embedded, as the folder of features did, with its places
	// seen from the index; nil if vectors are not of images.
	Features *features.Info `json:"features,omitempty"`
	Sums     Sums           `json:"checksums"`
}

// Item is what a vector is of.
type Item = run.Sample

// Index is an open index. It may be used by several goroutines as long as none changes it.
type Index struct {
	Info
	Items   []Item // by id
	dir     string
	ids     []int64 // by row
	starts  []int64
	removed []int64
	start   int64 // of the elements of the vectors' file
	checked *checked
}

// Open opens an index.
func Open(dir string) (*Index, error) {
	x := &Index{dir: dir, checked: &checked{}}
	text, err := os.ReadFile(x.path(InfoFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no index: it has no %s; bcl-search build writes one (%w)", quote.Name(dir), InfoFile, fs.ErrNotExist)
	}
	if err == nil {
		err = json.Unmarshal(text, &x.Info)
	}
	if err == nil && x.Format == 1 {
		err = errOld
	}
	if err == nil && (x.Format != 2 || x.Width < 1 || x.Rows < 1 || x.Sorted < 0 || x.Sorted > x.Rows || x.Lists < 0 || x.NextID < int64(x.Rows)) {
		err = fmt.Errorf("expected format 2 with rows and a width: %.200s", text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Name(x.path(InfoFile)), err)
	}
	if x.ids, err = x.integers(idsFile, x.Rows); err != nil {
		return nil, err
	}
	if x.Lists > 0 {
		if x.starts, err = x.integers(startsFile, x.Lists+1); err != nil {
			return nil, err
		}
		for i := range x.Lists {
			if x.starts[i] > x.starts[i+1] || x.starts[0] != 0 || x.starts[x.Lists] != int64(x.Sorted) {
				return nil, fmt.Errorf("%s: not the starts of lists of %d rows", quote.Name(x.path(startsFile)), x.Sorted)
			}
		}
	}
	if x.removed, err = x.integers(removedFile, -1); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if x.Items, err = run.ReadSamples(dir); err != nil {
		return nil, err
	}
	if int64(len(x.Items)) < x.NextID {
		return nil, fmt.Errorf("%s names %d items, expected %d", quote.Name(x.path(run.SamplesFile)), len(x.Items), x.NextID)
	}
	x.Items = x.Items[:x.NextID]
	for _, id := range x.ids {
		if id < 0 || id >= x.NextID {
			return nil, fmt.Errorf("%s has the id %d, expected 0 to %d", quote.Name(x.path(idsFile)), id, x.NextID-1)
		}
	}
	if err := x.checkSmall(); err != nil {
		return nil, err
	}
	return x, torch.Do(func() error { _, err := x.vectors(); return err })
}

// Dir returns the folder of the index.
func (x *Index) Dir() string { return x.dir }

func (x *Index) path(name string) string { return filepath.Join(x.dir, name) }

// Len returns the number of items that can be found.
func (x *Index) Len() int { return x.Rows - len(x.removed) }

// integers reads int64 of a file: the first n, or all.
func (x *Index) integers(name string, n int) ([]int64, error) {
	a, err := npy.ReadFile(x.path(name))
	if err != nil {
		return nil, err
	}
	v, err := a.Int64s()
	if err == nil && len(v) < n {
		err = fmt.Errorf("%d values, expected %d", len(v), n)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Name(x.path(name)), err)
	}
	if n >= 0 {
		v = v[:n]
	}
	return v, nil
}

// vectors maps the vectors into memory, rows x width.
func (x *Index) vectors() (t torch.Tensor, err error) {
	t, x.start, err = mapped(x.path(vectorsFile), x.Rows, x.Width)
	return t, err
}

// centres maps the centroids, lists x width.
func (x *Index) centres() (t torch.Tensor, err error) {
	t, _, err = mapped(x.path(centresFile), x.Lists, x.Width)
	return t, err
}

// mapped maps the first rows of a file of float32 into memory, in the current scope. start is
// where its elements begin.
func mapped(path string, rows, width int) (t torch.Tensor, start int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return t, 0, err
	}
	defer f.Close()
	var d dtype.DType
	var shape []int
	d, shape, start, err = npy.ReadHeader(f)
	if err == nil && (d != dtype.Float32 || len(shape) != 2 || shape[0] < rows || shape[1] != width || start%4 != 0) {
		err = fmt.Errorf("%v %v, expected %d x %d of float32", d, shape, rows, width)
	}
	if info, errStat := f.Stat(); err == nil && errStat == nil && info.Size() < start+4*int64(rows)*int64(width) {
		err = fmt.Errorf("%d bytes, expected %d", info.Size(), start+4*int64(rows)*int64(width))
	}
	if err != nil {
		return t, 0, fmt.Errorf("%s: %w", quote.Name(path), err)
	}
	n := int64(rows) * int64(width)
	all := torch.Call("from_file", path, false, start/4+n, torch.Float32, nil, nil, nil)[0]
	return all.Narrow(0, start/4, n).View(int64(rows), int64(width)), start, nil
}

// lock locks the folder for a change.
func lock(dir string) (release func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := filelock.Try(f); err != nil {
		f.Close()
		if err == filelock.ErrBusy {
			err = errors.New("in use by another process: wait until that ends")
		}
		return nil, fmt.Errorf("%s: %w", quote.Name(dir), err)
	}
	return func() { f.Close() }, nil
}

// write writes index.json, by which changes of the other files begin to count.
func (x *Index) write() error {
	return atomicfile.WriteFile(x.path(InfoFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(x.Info)
	})
}

// writeIntegers writes a file of int64.
func writeIntegers(path string, v []int64) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return npy.Write(w, npy.FromInt64s(v)) })
}

// writeItems writes samples.csv.
func (x *Index) writeItems(items []Item) error {
	return atomicfile.WriteFile(x.path(run.SamplesFile), func(w io.Writer) error {
		return run.SamplesTo(w, len(items), func(row int) (string, string) { return items[row].Name, items[row].Class })
	})
}
