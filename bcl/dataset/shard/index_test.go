package shard

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shardsOf writes tars and returns their paths.
func shardsOf(t *testing.T, shards ...[]byte) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, data := range shards {
		path := filepath.Join(dir, fmt.Sprintf("%d.tar", i))
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// samples lists the samples of an index with what Read returns.
func samples(t *testing.T, x *Index) (list []string) {
	t.Helper()
	for i := range x.Len() {
		data, err := x.Read(i)
		if err != nil {
			t.Fatal(err)
		}
		file, k := x.Find(i)
		list = append(list, fmt.Sprintf("%d/%d %s %d %s", file, k, x.Name(i), x.Label(i), data))
	}
	return list
}

// count returns the options of a test, and how many files were scanned with them.
func count(dir string) (opt Options, scanned *int) {
	scanned = new(int)
	return Options{Dir: dir, Progress: func(done, total int) { *scanned++ }}, scanned
}

// An index is made once, and again when a file has changed or the index is damaged.
func TestIndexIsKept(t *testing.T) {
	paths := shardsOf(t,
		archive(t, member{"0.jpg", "A"}, member{"0.cls", "cat"}, member{"1.jpg", "BB"}, member{"1.cls", "ant"}),
		archive(t, member{"0.png", "C"}), archive(t, member{"0.png", "D"}, member{"0.cls", "cat"}))
	want := []string{"0/0 0.jpg 1 A", "0/1 1.jpg 0 BB", "1/0 0.png -1 C", "2/0 0.png 1 D"}
	opt, scanned := count(t.TempDir())
	open := func(wantScans int, wantNote string) {
		t.Helper()
		*scanned = 0
		x, note, err := Open(context.Background(), Tar, paths, opt)
		if err != nil {
			t.Fatal(err)
		}
		if got := samples(t, x); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if *scanned != wantScans || !strings.Contains(note, wantNote) || note != "" && wantNote == "" {
			t.Errorf("%d scans, note %q; want %d, %q", *scanned, note, wantScans, wantNote)
		}
		if !slices.Equal(x.Classes(), []string{"ant", "cat"}) || x.Numbered() {
			t.Errorf("classes %q", x.Classes())
		}
	}
	open(3, "")
	open(0, "")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(paths[1], later, later); err != nil {
		t.Fatal(err)
	}
	open(3, "1.tar has changed")
	open(0, "")
	if err := os.WriteFile(paths[1], archive(t, member{"0.png", "E"}, member{"1.jpg", "F"}), 0o666); err != nil {
		t.Fatal(err)
	}
	want = []string{"0/0 0.jpg 1 A", "0/1 1.jpg 0 BB", "1/0 0.png -1 E", "1/1 1.jpg -1 F", "2/0 0.png 1 D"}
	open(3, "1.tar has changed")
	kept, err := filepath.Glob(filepath.Join(opt.Dir, "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%q, %v: want the one index", kept, err)
	}
	whole, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1
		if _, err := decode(Tar, damaged, must(stat(paths))); err == nil {
			t.Fatalf("byte %d of %d, flipped, was not noticed", i, len(whole))
		}
		if _, err := decode(Tar, whole[:i], must(stat(paths))); err == nil {
			t.Fatalf("the first %d of %d bytes were accepted", i, len(whole))
		}
	}
	for _, damaged := range [][]byte{nil, whole[:len(whole)/2], append(bytes.Clone(whole[:99]), make([]byte, len(whole)-99)...)} {
		if err := os.WriteFile(kept[0], damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		open(3, "is made anew: it is damaged")
		open(0, "")
	}
	// A folder that cannot be written to.
	opt.Dir = filepath.Join(paths[0], "index")
	open(3, "is held in memory")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A shard that changes under a run is noticed when it is read again; a scan's error names the
// first file that has one.
func TestChangedShard(t *testing.T) {
	paths := shardsOf(t, archive(t, member{"0.jpg", "A"}), archive(t, member{"1.jpg", "B"}))
	opt, _ := count(t.TempDir())
	x, _, err := Open(context.Background(), Tar, paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	// Also while it is open: other bytes in place, of the same size.
	if _, err := x.Read(0); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(paths[0], archive(t, member{"0.jpg", "C"}), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(paths[0], time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Read(0); err == nil || !strings.Contains(err.Error(), "0.tar has changed since it was indexed") {
		t.Errorf("in place: error %v", err)
	}
	if err := os.WriteFile(paths[1], archive(t, member{"2.jpg", "another"}, member{"3.jpg", "B"}), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Read(1); err == nil || !strings.Contains(err.Error(), "1.tar has changed since it was indexed") {
		t.Errorf("error %v", err)
	}
	for i := range paths {
		if err := os.WriteFile(paths[i], []byte("nothing"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = Open(context.Background(), Tar, paths, opt)
	if err == nil || !strings.HasPrefix(err.Error(), paths[0]+": no") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(opt.Dir); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(opt.Dir, ".*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// More shards than may be open at a time are read in any order, by several goroutines.
func TestManyShards(t *testing.T) {
	var data [][]byte
	for i := range 3 * maxOpen {
		data = append(data, archive(t, member{"0.jpg", fmt.Sprint("image ", i)}, member{"0.cls", fmt.Sprint(i % 7)}))
	}
	paths := shardsOf(t, data...)
	opt, _ := count(t.TempDir())
	x, note, err := Open(context.Background(), Tar, paths, opt)
	if err != nil || note != "" || x.Len() != len(paths) || !x.Numbered() || len(x.Classes()) != 7 {
		t.Fatalf("%v, note %q", err, note)
	}
	each(4*len(paths), 8, func(k int) {
		i := k * 61 % len(paths)
		if data, err := x.Read(i); err != nil || string(data) != fmt.Sprint("image ", i) || x.Label(i) != i%7 {
			t.Errorf("%d: %q, %v", i, data, err)
		}
	})
	if n := len(x.files.open); n > maxOpen {
		t.Errorf("%d files are open, expected at most %d", n, maxOpen)
	}
}

// A scan ends when it is told to.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	paths := shardsOf(t, archive(t, member{"0.jpg", "A"}))
	if _, _, err := Open(ctx, Tar, paths, Options{Dir: t.TempDir()}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}
