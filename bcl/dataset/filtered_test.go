package dataset

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Index lists count in the unfiltered data set, before and after unlabelled and broken
// samples are removed.
func TestReadRows(t *testing.T) {
	ds := balanced(2, 5) // labels 0 0 0 0 0 1 1 1 1 1
	ds.labels[0], ds.labels[5] = -1, -1
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, indices := range map[string][]int{"a.npy": {8, 5, 1, 3}, "out.npy": {0, 5}, "far.npy": {10}} {
		if err := WriteIndexList(in(name), indices); err != nil {
			t.Fatal(err)
		}
	}
	with := labelled(ds) // 1 2 3 4 6 7 8 9
	ds.broken = map[int]bool{3: true, 9: true}
	good, _, err := SkipBroken(context.Background(), with, VerifyOptions{}) // 1 2 4 6 7 8
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		ds    Dataset
		rows  []int
		names []string
	}{
		{"whole", ds, []int{8, 5, 1, 3}, []string{"sample 8", "sample 5", "sample 1", "sample 3"}},
		{"labelled", with, []int{6, 0, 2}, []string{"sample 8", "sample 1", "sample 3"}},
		{"labelled and good", good, []int{5, 0}, []string{"sample 8", "sample 1"}},
	} {
		rows, err := ReadRows(c.ds, in("a.npy"))
		if err != nil || !slices.Equal(rows, c.rows) {
			t.Errorf("%s: rows %v, error %v, want %v", c.name, rows, err, c.rows)
		}
		part, err := SubsetFile(c.ds, in("a.npy"))
		if err != nil || !slices.Equal(names(part), c.names) {
			t.Errorf("%s: samples %v, error %v, want %v", c.name, part, err, c.names)
		}
		if _, err := ReadRows(c.ds, in("far.npy")); err == nil || !strings.Contains(err.Error(), "far.npy: entry 0: index 10 is beyond the set of 10 samples") {
			t.Errorf("%s: an index beyond the set: error %v", c.name, err)
		}
	}
	if _, err := ReadRows(with, in("out.npy")); err == nil || !strings.Contains(err.Error(), "out.npy: of the 2 samples that it selects, none is left") {
		t.Errorf("unlabelled samples alone: error %v", err)
	}
	// The manifest of a list is that of the unfiltered data set, too.
	s, err := MakeSplit(ds, SplitSpec{Kind: Shots, Shots: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(in("shots.npy"), "toy", "", false); err != nil {
		t.Fatal(err)
	}
	if part, err := SubsetFile(with, in("shots.npy")); err != nil || part.Len() != 4 {
		t.Errorf("a list made from the unfiltered data set: error %v", err)
	}
}
