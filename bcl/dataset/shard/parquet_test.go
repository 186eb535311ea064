package shard

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type picture struct {
	Bytes []byte `parquet:"bytes,optional"`
	Path  string `parquet:"path,optional"`
}

// parquetOf writes rows, some to a row group.
func parquetOf[T any](t testing.TB, group int64, rows ...T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.MaxRowsPerRowGroup(group), parquet.Compression(&parquet.Snappy))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parquets(t *testing.T, files ...[]byte) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, data := range files {
		path := filepath.Join(dir, fmt.Sprintf("%d.parquet", i))
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestParquet(t *testing.T) {
	type hf struct {
		Image *picture `parquet:"image,optional"`
		Label *int64   `parquet:"label,optional"`
		Text  string   `parquet:"text"`
	}
	type plain struct {
		Image []byte `parquet:"image"`
		Label string `parquet:"label"`
	}
	type other struct {
		Photo picture `parquet:"photo"`
		Fine  int32   `parquet:"fine_label"`
	}
	one, none, two := int64(1), int64(-1), int64(2)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"datasets": {parquetOf(t, 2, hf{Image: &picture{Bytes: []byte("A")}, Label: &one}, hf{Image: &picture{Bytes: []byte("BB")}, Label: &none}, hf{Image: &picture{Bytes: []byte("C")}}, hf{Image: &picture{Bytes: []byte("D"), Path: "d.jpg"}, Label: &two}),
			"0/0  1 A, 0/1  -1 BB, 0/2  -1 C, 0/3  2 D"},
		"binary": {parquetOf(t, 10, plain{[]byte("A"), "cat"}, plain{[]byte("B"), "ant"}), "0/0  1 A, 0/1  0 B"},
		"photo":  {parquetOf(t, 1, other{picture{Bytes: []byte("A")}, 0}, other{picture{Bytes: []byte("A")}, 1}), "0/0  0 A, 0/1  1 A"},
	} {
		x, _, err := Open(context.Background(), Parquet, parquets(t, c.data), Options{Dir: t.TempDir()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(samples(t, x), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	x, _, err := Open(context.Background(), Parquet, parquets(t, parquetOf(t, 2, hf{}, hf{Image: &picture{Path: "a.jpg"}}, hf{Image: &picture{Bytes: []byte("C")}})), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if _, err := x.Read(i); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("0.parquet: row %d: no image: its bytes are null", i)) {
			t.Errorf("row %d: %v", i, err)
		}
	}
	if data, err := x.Read(2); err != nil || string(data) != "C" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestBadParquet(t *testing.T) {
	type words struct {
		Text  string `parquet:"text"`
		Label int64  `parquet:"label"`
	}
	type lists struct {
		Image []picture `parquet:"image"`
	}
	type ok struct {
		Image picture `parquet:"image"`
		Label int64   `parquet:"label"`
	}
	var lz4 bytes.Buffer
	w := parquet.NewGenericWriter[ok](&lz4, parquet.Compression(&parquet.Lz4Raw))
	if _, err := w.Write([]ok{{picture{Bytes: []byte("A")}, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	good := parquetOf(t, 10, ok{picture{Bytes: []byte("AAAAAAAAA")}, 1}, ok{picture{Bytes: []byte("B")}, 2})
	footer := bytes.Clone(good)
	copy(footer[len(footer)-8:], "\xff\xff\xff\x7f")
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"text":        {[]byte("no such thing at all"), "0.parquet: no Parquet file"},
		"empty":       {nil, "0.parquet: no Parquet file"},
		"truncated":   {good[:len(good)-20], "0.parquet: truncated: it does not end with"},
		"footer":      {footer, "damaged: its footer would have 2147483647 of its"},
		"no image":    {parquetOf(t, 10, words{"a", 1}), "no column of images: expected a struct of bytes and path"},
		"no image 2":  {parquetOf(t, 10, words{"a", 1}), "there are text (STRING), label (INT"},
		"a list":      {parquetOf(t, 10, lists{}), "no column of images"},
		"no rows":     {parquetOf[ok](t, 10), "0.parquet: no rows"},
		"lz4":         {lz4.Bytes(), "0.parquet: its images are compressed with LZ4_RAW, which cannot be read: write it with compression zstd"},
		"many labels": {parquetOf(t, 10, ok{picture{Bytes: []byte("A")}, 1 << 40}), "label 1099511627776 is not below"},
	} {
		_, _, err := Open(context.Background(), Parquet, parquets(t, c.data), Options{Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	// Any byte may be damaged: an error or an image, never a panic.
	for i := range good {
		damaged := bytes.Clone(good)
		damaged[i] ^= 0x55
		r := bytes.NewReader(damaged)
		b := &block{}
		scanParquet(r, r.Size(), "x", b)
		if p, err := readFooter(r, r.Size()); err == nil {
			for g := range p.groups {
				p.rows(g)
			}
		}
	}
}

// Row groups beyond the limit are read again.
func TestRowCache(t *testing.T) {
	c := newRowCache()
	c.limit = 250
	reads := 0
	get := func(group int) {
		t.Helper()
		r, err := c.get([2]int{0, group}, func() (*rows, error) {
			reads++
			r := &rows{data: make([]byte, 0, 100-8)}
			r.add([]byte{byte(group)})
			r.ends = r.ends[:1:1]
			return r, nil
		})
		if err != nil || r.row(0)[0] != byte(group) {
			t.Fatalf("%v, %v", r, err)
		}
	}
	for _, step := range []struct{ group, reads int }{{0, 1}, {1, 2}, {0, 2}, {2, 3}, {0, 3}, {1, 4}, {0, 4}, {2, 5}} {
		if get(step.group); reads != step.reads || c.bytes > c.limit {
			t.Errorf("group %d: %d reads, want %d; %d bytes", step.group, reads, step.reads, c.bytes)
		}
	}
	failed := fmt.Errorf("no")
	if _, err := c.get([2]int{9, 9}, func() (*rows, error) { return nil, failed }); err != failed {
		t.Error(err)
	}
	get(9)
}
