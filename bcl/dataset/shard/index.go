package shard

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/bcl-go/bcl/bcl/quote"
)

// maxClasses is the limit for the number of classes: a typo must not make a billion.
const maxClasses = 1 << 20

// Index is the samples of some shards, in the order of the shards and in that of each. It is
// safe for concurrent use.
type Index struct {
	kind    Kind
	dir     directory
	first   []int     // sample of each file
	columns []columns // of each file
	class   []int32   // of each of dir.Labels, after -1 for no label
	classes []string  // nil: unlabelled
	data    []byte    // of the index's file
	files   *pool
	rows    *rowCache // of Parquet
}

// directory is the end of an index's file, in JSON.
type directory struct {
	Kind    string    `json:"kind"`
	Files   []indexed `json:"files"`
	Labels  []string  `json:"labels"`            // in the order of their appearance
	Classes []string  `json:"classes,omitempty"` // names of the classes 0, 1, ..., if the shards have them
	Several int       `json:"several,omitempty"` // samples with more than one image
}

// indexed is a shard in an index.
type indexed struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds since 1970
	Samples  int    `json:"samples"`
	At       int64  `json:"at"` // of its block
	Length   int64  `json:"length"`
}

// parse takes an index's file apart, without its checksum.
func (x *Index) parse(data []byte) error {
	x.data = data
	n := 0
	for _, f := range x.dir.Files {
		if f.At < 0 || f.Length < 0 || f.At > int64(len(data)) || f.Length > int64(len(data))-f.At || f.Samples < 0 || f.Samples > math.MaxInt32 {
			return fmt.Errorf("the block of %s is not there", quote.Name(f.Path))
		}
		c, ok := split(data[f.At:f.At+f.Length], f.Samples, x.kind.Named)
		if !ok {
			return fmt.Errorf("the block of %s is short", quote.Name(f.Path))
		}
		x.first, x.columns = append(x.first, n), append(x.columns, c)
		n += f.Samples
	}
	x.first = append(x.first, n)
	return x.number()
}

// number gives each label its class. Labels that are all numbers are the classes themselves;
// negative ones are none, as in the test parts of Hugging Face's sets. Others are names, and
// the classes are in their order.
func (x *Index) number() error {
	x.class = []int32{-1}
	most, numeric := -1, true
	for _, text := range x.dir.Labels {
		n, err := strconv.Atoi(text)
		if numeric = numeric && err == nil; !numeric {
			break
		}
		if n >= maxClasses {
			return fmt.Errorf("label %d is not below %d, the limit", n, maxClasses)
		}
		x.class = append(x.class, int32(max(n, -1)))
		most = max(most, n)
	}
	if numeric {
		if most >= 0 {
			x.classes = Numbers(max(most+1, len(x.dir.Classes)))
			copy(x.classes, x.dir.Classes)
		}
		return nil
	}
	x.classes = slices.Sorted(slices.Values(x.dir.Labels))
	x.class = x.class[:1]
	for _, text := range x.dir.Labels {
		at, _ := slices.BinarySearch(x.classes, text)
		x.class = append(x.class, int32(at))
	}
	return nil
}

// Numbers returns "0", "1", ... as the names of n classes.
func Numbers(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// Len returns the number of samples.
func (x *Index) Len() int { return x.first[len(x.first)-1] }

// Classes returns the names of the classes; nil if no sample has one.
func (x *Index) Classes() []string { return x.classes }

// Numbered reports whether the classes have no names but their numbers.
func (x *Index) Numbered() bool { return slices.Equal(x.classes, Numbers(len(x.classes))) }

// Several returns how many samples have more than one image.
func (x *Index) Several() int { return x.dir.Several }

// Files returns the number of shards.
func (x *Index) Files() int { return len(x.dir.Files) }

// Find returns the shard of sample i, and which of its samples that is.
func (x *Index) Find(i int) (file, k int) {
	file = sort.Search(len(x.dir.Files), func(f int) bool { return x.first[f+1] > i })
	return file, i - x.first[file]
}

// Path returns the path of a shard.
func (x *Index) Path(file int) string { return x.dir.Files[file].Path }

// Label returns the class of sample i, or -1.
func (x *Index) Label(i int) int {
	file, k := x.Find(i)
	return int(x.class[x.columns[file].label(k)])
}

// Name returns the name of sample i in its shard; "" where samples are numbered rows.
func (x *Index) Name(i int) string {
	file, k := x.Find(i)
	if !x.kind.Named {
		return ""
	}
	return x.columns[file].name(k)
}

// Read returns the bytes of the image of sample i. Errors name the file and where in it.
func (x *Index) Read(i int) ([]byte, error) {
	file, k := x.Find(i)
	return x.kind.read(x, file, k)
}

// check returns an error if a block has a value that cannot be: with a checksum only a fault of
// this package, or an attack, makes one.
func (x *Index) check() error {
	for f, c := range x.columns {
		n := x.dir.Files[f].Samples
		end := uint32(0)
		for i := range n {
			if int(c.label(i)) >= len(x.class) {
				return fmt.Errorf("sample %d of %s has a label that is not there", i, quote.Name(x.dir.Files[f].Path))
			}
			if !x.kind.Named {
				continue
			}
			to := c.end(i)
			if to < end || int64(to) > int64(len(c.names)) {
				return fmt.Errorf("sample %d of %s has no name", i, quote.Name(x.dir.Files[f].Path))
			}
			if at := c.offset(i); at < 0 || c.size(i) > maxImage || at > x.dir.Files[f].Size-c.size(i) {
				return fmt.Errorf("sample %d of %s is beyond its file", i, quote.Name(x.dir.Files[f].Path))
			}
			end = to
		}
	}
	return nil
}
