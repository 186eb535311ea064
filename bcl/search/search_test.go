package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

// table is vectors in memory.
type table struct {
	x     []float32
	width int
}

func (t table) Floats(dst []float32, from int) error {
	copy(dst, t.x[from*t.width:])
	return nil
}

// clusters draws n vectors around some centres, and their items.
func clusters(n, width int, seed uint64) (table, []Item) {
	t, items := table{width: width}, []Item{}
	s := rng.New(seed, rng.Order, 0, 0, 0)
	centre := func(c, k int) float32 { return float32(math.Sin(float64(7*c + 3*k*c + k))) }
	for i := range n {
		c := s.IntN(9)
		for k := range width {
			t.x = append(t.x, centre(c, k)+float32(s.Uniform(-0.5, 0.5)))
		}
		items = append(items, Item{Name: fmt.Sprint("item ", i), Class: fmt.Sprint(c)})
	}
	return t, items
}

// flat is the search by its definition.
func flat(t table, q []float32, k int, without map[int64]bool) (hits []Hit) {
	norm := func(v []float32) (s float64) {
		for _, x := range v {
			s += float64(x) * float64(x)
		}
		return math.Sqrt(s)
	}
	for i := range len(t.x) / t.width {
		if without[int64(i)] {
			continue
		}
		dot, row := 0., t.x[i*t.width:(i+1)*t.width]
		for j := range row {
			dot += float64(row[j]) * float64(q[j])
		}
		hits = append(hits, Hit{int64(i), float32(dot / norm(row) / norm(q))})
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	return hits[:min(k, len(hits))]
}

func build(t *testing.T, x table, items []Item, o Options) *Index {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "index")
	if err := Build(context.Background(), dir, x, x.width, items, o); err != nil {
		t.Fatal(err)
	}
	return open(t, dir)
}

func open(t *testing.T, dir string) *Index {
	t.Helper()
	index, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// same compares the result of a search with the definition.
func same(t *testing.T, what string, index *Index, all table, queries []float32, k, probe int, without map[int64]bool) {
	t.Helper()
	got, err := index.Search(context.Background(), queries, k, probe)
	if err != nil {
		t.Fatal(err)
	}
	for i, hits := range got {
		want := flat(all, queries[i*all.width:(i+1)*all.width], k, without)
		if len(hits) != len(want) {
			t.Fatalf("%s: %d hits, want %d", what, len(hits), len(want))
		}
		for j, h := range hits {
			if h.ID != want[j].ID || math.Abs(float64(h.Similarity-want[j].Similarity)) > 1e-5 {
				t.Fatalf("%s: query %d, hit %d is %v, want %v", what, i, j, h, want[j])
			}
		}
	}
}

// With all lists an inverted file finds what a flat search finds, also after additions and
// removals, and when it is opened again.
func TestExact(t *testing.T) {
	const n, width = 700, 12
	all, items := clusters(n+60, width, 1)
	begin := table{all.x[:n*width], width}
	queries, _ := clusters(30, width, 2)
	for _, lists := range []int{0, 1, 8, 40} {
		index := build(t, begin, items[:n], Options{Lists: lists})
		probe := max(lists, 1)
		same(t, "built", index, begin, queries.x, 10, probe, nil)
		if first, err := index.Add(context.Background(), table{all.x[n*width:], width}, items[n:]); err != nil || first != n {
			t.Fatal(first, err)
		}
		same(t, "added", index, all, queries.x, 10, probe, nil)
		without := map[int64]bool{}
		var ids []int64
		for i := range int64(200) { // many of the nearest
			without[3*i], ids = true, append(ids, 3*i)
		}
		if err := index.Remove(ids...); err != nil {
			t.Fatal(err)
		}
		same(t, "removed", index, all, queries.x, 10, probe, without)
		again := open(t, index.dir)
		same(t, "opened again", again, all, queries.x, 1000, probe, without)
		if again.Len() != n+60-200 || again.Items[n+5] != items[n+5] {
			t.Errorf("%d items, %v", again.Len(), again.Items[n+5])
		}
		if v, err := again.Vectors(1); err != nil || len(v) != width {
			t.Errorf("%v, %v", v, err)
		}
		for _, id := range []int64{3, n + 60, -1} {
			if err := again.Remove(1, id); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("no item with the id %d", id)) {
				t.Errorf("removing %d: %v", id, err)
			}
		}
	}
}

// A few lists find most of what all find.
func TestRecall(t *testing.T) {
	all, items := clusters(4000, 16, 3)
	queries, _ := clusters(100, 16, 4)
	index := build(t, all, items, Options{Lists: 32, Probe: 4})
	some, err := index.Search(context.Background(), queries.x, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	every, err := index.Search(context.Background(), queries.x, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range every {
		for _, h := range every[i] {
			if slices.Contains(some[i], h) {
				found++
			}
		}
	}
	if recall := float64(found) / 1000; recall < 0.9 || recall == 1 {
		t.Errorf("recall %v with 4 of 32 lists", recall)
	}
	other := build(t, all, items, Options{Lists: 32, Probe: 4})
	for _, name := range []string{vectorsFile, idsFile, centresFile, startsFile} {
		a, _ := os.ReadFile(index.path(name))
		b, _ := os.ReadFile(other.path(name))
		if string(a) != string(b) {
			t.Errorf("%s differs in an index that is built again", name)
		}
	}
}

// An addition that is interrupted before index.json is none.
func TestInterrupted(t *testing.T) {
	all, items := clusters(50, 4, 5)
	index := build(t, table{all.x[:40*4], 4}, items[:40], Options{})
	info, err := os.ReadFile(index.path(InfoFile))
	if err != nil {
		t.Fatal(err)
	}
	rest := table{all.x[40*4:], 4}
	if _, err := index.Add(context.Background(), rest, items[40:]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index.path(InfoFile), info, 0o644); err != nil {
		t.Fatal(err)
	}
	index = open(t, index.dir)
	same(t, "interrupted", index, table{all.x[:40*4], 4}, all.x[:8], 5, 1, nil)
	if _, err := index.Add(context.Background(), rest, items[40:]); err != nil {
		t.Fatal(err)
	}
	same(t, "added again", open(t, index.dir), all, all.x[:8], 5, 1, nil)
}

// A changed bit anywhere in an index is an error, of what has it, and never a wrong answer.
func TestDamage(t *testing.T) {
	all, items := clusters(700, 4, 7)
	index := build(t, table{all.x[:650*4], 4}, items[:650], Options{Lists: 5})
	if _, err := index.Add(context.Background(), table{all.x[650*4:], 4}, items[650:]); err != nil {
		t.Fatal(err)
	}
	if err := index.Remove(3, 600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, index.dir).Verify(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(index.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == InfoFile || e.Name() == removedFile {
			continue
		}
		path := index.path(e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{150, 150 + (len(text)-150)/3, len(text) - 3} {
			bad := slices.Clone(text)
			bad[at] ^= 0x02
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			x, err := Open(index.dir)
			if err == nil {
				if _, err = x.Search(context.Background(), all.x[:40], 5, 5); err == nil || !strings.Contains(err.Error(), "checksum") {
					t.Errorf("%s, byte %d: a search has the error %v", e.Name(), at, err)
				}
				err = x.Verify(context.Background(), nil)
			}
			if err == nil || !strings.Contains(err.Error(), e.Name()) {
				t.Errorf("%s, byte %d: %v", e.Name(), at, err)
			}
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeIntegers(index.path(removedFile), []int64{600, 3}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(index.dir); err == nil || !strings.Contains(err.Error(), "in order") {
		t.Errorf("removed rows out of order: %v", err)
	}
}

func TestErrors(t *testing.T) {
	all, items := clusters(20, 4, 6)
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stop")
	cancel(stop)
	nan := table{slices.Clone(all.x), 4}
	nan.x[4*7+1] = float32(math.NaN())
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	made := build(t, all, items, Options{}).dir
	for words, do := range map[string]func() error{
		"vector 7 has the element NaN":  func() error { return Build(context.Background(), t.TempDir(), nan, 4, items, Options{}) },
		"stop":                          func() error { return Build(ctx, t.TempDir(), all, 4, items, Options{}) },
		"21 lists of 20 vectors":        func() error { return Build(context.Background(), t.TempDir(), all, 4, items, Options{Lists: 21}) },
		"0 vectors":                     func() error { return Build(context.Background(), t.TempDir(), all, 4, nil, Options{}) },
		"other files":                   func() error { return Build(context.Background(), foreign, all, 4, items, Options{Replace: true}) },
		"has an index":                  func() error { return Build(context.Background(), made, all, 4, items, Options{}) },
		"is no index":                   func() error { _, err := Open(foreign); return err },
		"expected at least 1, and rows": func() error { _, err := open(t, made).Search(context.Background(), all.x[:3], 1, 0); return err },
		"query 1 has the element NaN":   func() error { _, err := open(t, made).Search(context.Background(), nan.x[24:32], 1, 0); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want %q", err, words)
		}
	}
	if err := Build(context.Background(), made, all, 4, items, Options{Replace: true}); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(filepath.Join(made, vectorsFile), 200); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(made); err == nil || !strings.Contains(err.Error(), "200 bytes, expected 448") {
		t.Errorf("a cut file: %v", err)
	}
}

func TestCalibrate(t *testing.T) {
	answers := []Answer{{0.9, true}, {0.8, true}, {0.8, false}, {0.7, true}, {0.6, false}, {0.5, false}}
	m, err := Calibrate(answers, 0)
	if err != nil || m.Threshold != 0.7 || m.Precision != 0.75 || m.Recall != 0.5 || math.Abs(m.F1-0.6) > 1e-12 {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := Calibrate(answers, 1); err != nil || m.Threshold != 0.9 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := Calibrate([]Answer{{0.9, false}, {0.8, true}}, 0.9); err == nil || !strings.Contains(err.Error(), "the most is 0.5") {
		t.Errorf("%v", err)
	}
	if _, err := Calibrate(nil, 0); err == nil {
		t.Error("no queries")
	}
}

// Images whose vectors point the same way are neighbours.
func Example() {
	dir, err := os.MkdirTemp("", "index")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	vectors := table{[]float32{1, 0, 0, 1, 2, 0.1}, 2}
	err = Build(context.Background(), dir, vectors, 2, []Item{{Name: "cat"}, {Name: "car"}, {Name: "lynx"}}, Options{})
	if err != nil {
		panic(err)
	}
	index, err := Open(dir)
	if err != nil {
		panic(err)
	}
	found, err := index.Search(context.Background(), []float32{3, 0}, 2, 0)
	for _, h := range found[0] {
		fmt.Printf("%s %.3f\n", index.Items[h.ID].Name, h.Similarity)
	}
	fmt.Println(err)
	// Output:
	// cat 1.000
	// lynx 0.999
	// <nil>
}
