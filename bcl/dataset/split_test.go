package dataset

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

func sum(v []int) (n int) {
	for _, x := range v {
		n += x
	}
	return n
}

func TestLongTailCounts(t *testing.T) {
	for _, c := range []struct {
		classes, largest int
		imbalance        float64
		want             []int
	}{
		{10, 4500, 100, []int{4500, 2697, 1617, 969, 581, 348, 208, 125, 75, 45}},
		{3, 400, 100, []int{400, 40, 4}},
		{4, 8, 8, []int{8, 4, 2, 1}},
		{2, 5, 1, []int{5, 5}},
		{1, 5, 100, []int{5}},
	} {
		got, err := LongTailCounts(c.classes, c.largest, c.imbalance)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d classes from %d: %v, error %v, want %v", c.classes, c.largest, got, err, c.want)
		}
	}
	for want, v := range map[string][3]float64{
		"a long tail of 0 classes":                    {0, 5, 100},
		"the largest class would have 0":              {3, 0, 100},
		"imbalance factor 0.5":                        {3, 5, 0.5},
		"imbalance factor NaN":                        {3, 5, math.NaN()},
		"the class of rank 2 of 3 would have no imag": {3, 50, 100},
	} {
		if _, err := LongTailCounts(int(v[0]), int(v[1]), v[2]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", v, err, want)
		}
	}
}

func TestGroups(t *testing.T) {
	for n, want := range map[int][3]int{100: {34, 33, 33}, 10: {4, 3, 3}, 11: {5, 3, 3}, 2: {2, 0, 0}, 0: {}} {
		counts := make([]int, n)
		for c := range counts {
			counts[c] = (c * 7) % (n + 1)
		}
		var got [3]int
		least, most := [3]int{n, n, n}, [3]int{-1, -1, -1}
		for c, g := range Groups(counts) {
			got[g]++
			least[g], most[g] = min(least[g], counts[c]), max(most[g], counts[c])
		}
		if got != want {
			t.Errorf("%d classes: groups of %v, want %v", n, got, want)
		}
		if n > 2 && (least[Many] < most[Medium] || least[Medium] < most[Few]) {
			t.Errorf("%d classes: groups are not by count: least %v, most %v", n, least, most)
		}
	}
	// Ties are broken by index, so that the groups of equal runs are equal.
	if got := Groups([]int{5, 5, 5, 6}); !slices.Equal(got, []Group{Few, Medium, Many, Many}) {
		t.Errorf("ties: %v", got)
	}
	// Of classes of equal size none is frequent or rare.
	for _, counts := range [][]int{{5, 5, 5}, {7}} {
		for _, g := range Groups(counts) {
			if g != NoGroup || g.String() != "-" {
				t.Errorf("counts %v: a class is in %v", counts, g)
			}
		}
	}
}

func TestMakeSplit(t *testing.T) {
	ds := balanced(10, 50)
	check := func(spec SplitSpec, exclude []int, want []int) *Split {
		t.Helper()
		s, err := MakeSplit(ds, spec, exclude)
		if err != nil {
			t.Fatalf("%+v: %v", spec, err)
		}
		sub, err := Subset(ds, s.Indices)
		if err != nil {
			t.Fatal(err)
		}
		counts, _ := Counts(sub)
		if !slices.Equal(counts, s.Counts) {
			t.Errorf("%+v: counts %v, reported %v", spec, counts, s.Counts)
		}
		slices.Sort(counts)
		slices.Reverse(counts)
		if !slices.Equal(counts, want) {
			t.Errorf("%+v: counts %v, want %v", spec, counts, want)
		}
		if !slices.IsSorted(labels(sub)) {
			t.Errorf("%+v: not grouped by class", spec)
		}
		return s
	}
	tail := []int{45, 30, 21, 14, 9, 6, 4, 3, 2, 1}
	a := check(SplitSpec{Kind: LongTail, Seed: 1, Imbalance: 30}, nil, tail)
	again := check(SplitSpec{Kind: LongTail, Seed: 1, Imbalance: 30}, nil, tail)
	other := check(SplitSpec{Kind: LongTail, Seed: 2, Imbalance: 30}, nil, tail)
	if !slices.Equal(a.Indices, again.Indices) || slices.Equal(a.Indices, other.Indices) || slices.Equal(a.Counts, other.Counts) {
		t.Error("the split does not depend only on the seed")
	}
	if a.Spec.Largest != 45 {
		t.Errorf("the largest class has %d, want nine tenths of 50", a.Spec.Largest)
	}
	per := sum(tail) / 10
	check(SplitSpec{Kind: Balanced, Seed: 1, Imbalance: 30}, nil, slices.Repeat([]int{per}, 10))
	shots := check(SplitSpec{Kind: Shots, Seed: 1, Shots: 5}, a.Indices, slices.Repeat([]int{5}, 10))
	for _, i := range shots.Indices {
		if slices.Contains(a.Indices, i) {
			t.Errorf("sample %d is in the excluded list", i)
		}
	}
	// Fewer shots of one seed are a subset of more.
	fewer := check(SplitSpec{Kind: Shots, Seed: 1, Shots: 2}, a.Indices, slices.Repeat([]int{2}, 10))
	for _, i := range fewer.Indices {
		if !slices.Contains(shots.Indices, i) {
			t.Errorf("sample %d is not among the larger list", i)
		}
	}
}

func TestMakeSplitErrors(t *testing.T) {
	ds := balanced(10, 50)
	all := make([]int, 46*10)
	for i := range all {
		all[i] = i
	}
	for _, c := range []struct {
		name    string
		ds      Dataset
		spec    SplitSpec
		exclude []int
		want    string
	}{
		{"too large", ds, SplitSpec{Kind: Balanced, Imbalance: 1, Largest: 51}, nil, `class "class0" has 50 images, the split needs 51`},
		{"too many shots", ds, SplitSpec{Kind: Shots, Shots: 5}, all, `class "class0" has 4 images that are not excluded, the split needs 5`},
		{"no shots", ds, SplitSpec{Kind: Shots}, nil, "0 images per class"},
		{"shots of a tail", ds, SplitSpec{Kind: LongTail, Shots: 3}, nil, "does not apply to a long-tail split"},
		{"tail of shots", ds, SplitSpec{Kind: Shots, Shots: 3, Largest: 3}, nil, "do not apply"},
		{"kind", ds, SplitSpec{Kind: "odd"}, nil, `kind of split "odd"`},
		{"steep", ds, SplitSpec{Kind: LongTail, Imbalance: 1000}, nil, "would have no images"},
		{"excluded", ds, SplitSpec{Kind: Shots, Shots: 3}, []int{500}, "excluded samples: entry 0: index 500 is beyond"},
		{"unlabelled", &memory{labels: []int{-1, -1}}, SplitSpec{Kind: LongTail}, nil, "no labels"},
	} {
		if _, err := MakeSplit(c.ds, c.spec, c.exclude); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestManifest(t *testing.T) {
	ds := balanced(4, 100)
	dir := t.TempDir()
	path := filepath.Join(dir, "tail.npy")
	exclude := []int{3, 2, 399}
	s, err := MakeSplit(ds, SplitSpec{Kind: LongTail, Seed: 9, Imbalance: 10}, exclude)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(path, "toy", "held/out.npy", false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(path, "toy", "", false); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("written twice: error %v", err)
	}
	list := map[string][]byte{"annotations.json": []byte(`{"images": [], "format": "coco"}`)}
	write(t, dir, list)
	for _, overwrite := range []bool{false, true} {
		out := filepath.Join(dir, "annotations.npy")
		_, err := s.Write(out, "toy", "", overwrite)
		if err == nil || !strings.Contains(err.Error(), "annotations.json, which is not a manifest") || !strings.Contains(err.Error(), "choose another name") {
			t.Errorf("a list of images at the manifest's path, overwrite %v: error %v", overwrite, err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "annotations.json"))
		if _, statErr := os.Stat(out); err != nil || string(text) != string(list["annotations.json"]) || statErr == nil {
			t.Errorf("the list of images became %q, error %v; the index list: %v", text, err, statErr)
		}
	}
	if _, err := s.Write(path, "toy", "held/out.npy", true); err != nil {
		t.Errorf("overwriting a manifest: %v", err)
	}
	if _, err := s.Write(filepath.Join(dir, "tail"), "toy", "", false); err == nil || !strings.Contains(err.Error(), ".npy") {
		t.Errorf("another ending: error %v", err)
	}
	m, err := ReadManifest(filepath.Join(dir, "tail.json"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Source.Name != "toy" || m.Samples != len(s.Indices) || m.Largest != 90 || m.Exclude.File != "out.npy" {
		t.Errorf("manifest %+v", m)
	}
	again, err := m.Remake(balanced(4, 100), exclude)
	if err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "tail.npy")
	if _, err := again.Write(second, "toy", "out.npy", false); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{".npy", ".json"} {
		a, _ := os.ReadFile(strings.TrimSuffix(path, ".npy") + ext)
		b, _ := os.ReadFile(strings.TrimSuffix(second, ".npy") + ext)
		if len(a) == 0 || string(a) != string(b) {
			t.Errorf("%s differs when made again", ext)
		}
	}
	for want, f := range map[string]func() (*Split, error){
		"names or labels differ": func() (*Split, error) { return m.Remake(balanced(4, 101), exclude) },
		"without the samples of": func() (*Split, error) { return m.Remake(ds, exclude[:2]) },
		"the list has sha256": func() (*Split, error) {
			other := *m
			other.List.SHA256 = "0"
			return other.Remake(ds, exclude)
		},
		"made without excluding": func() (*Split, error) {
			other := *m
			other.Exclude = nil
			return other.Remake(ds, exclude)
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for text, want := range map[string]string{
		`{`:                       "bad.json: unexpected EOF",
		`{"format":"x"}`:          `format "x"`,
		`{"format":1}`:            "bad.json",
		`{"surprise":"surprise"}`: "unknown field",
	} {
		bad := filepath.Join(dir, "bad.json")
		write(t, dir, map[string][]byte{"bad.json": []byte(text)})
		if _, err := ReadManifest(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

// TestManifestGuardsList: a list is rejected for another data set of the same size.
func TestManifestGuardsList(t *testing.T) {
	ds := balanced(4, 100)
	dir := t.TempDir()
	path := filepath.Join(dir, "tail.npy")
	s, err := MakeSplit(ds, SplitSpec{Kind: LongTail, Imbalance: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(path, "toy", "", false); err != nil {
		t.Fatal(err)
	}
	if _, err := SubsetFile(ds, path); err != nil {
		t.Error(err)
	}
	if _, err := SubsetFile(balanced(8, 50), path); err == nil || !strings.Contains(err.Error(), "was made for toy with 400 samples") {
		t.Errorf("another set: error %v", err)
	}
	if err := WriteIndexList(path, []int{1, 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := SubsetFile(ds, path); err == nil || !strings.Contains(err.Error(), "tail.json has") {
		t.Errorf("another list: error %v", err)
	}
	write(t, dir, map[string][]byte{"tail.json": []byte("{}")})
	if _, err := SubsetFile(ds, path); err != nil {
		t.Errorf("a file of another kind: %v", err)
	}
}

// TestFingerprint: it must change with everything that changes the meaning of an index.
func TestFingerprint(t *testing.T) {
	base := balanced(3, 4)
	seen := map[string]string{Fingerprint(base): "base"}
	for name, change := range map[string]func(*memory){
		"fewer":      func(m *memory) { m.labels = m.labels[:11] },
		"label":      func(m *memory) { m.labels[3] = 2 },
		"no label":   func(m *memory) { m.labels[3] = -1 },
		"class name": func(m *memory) { m.classes[1] = "other" },
	} {
		m := balanced(3, 4)
		change(m)
		f := Fingerprint(m)
		if other, ok := seen[f]; ok {
			t.Errorf("%s and %s have the same fingerprint", name, other)
		}
		seen[f] = name
	}
	if f := Fingerprint(balanced(3, 4)); seen[f] != "base" {
		t.Error("the fingerprint of equal sets differs")
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 50000: "50,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
}

func ExampleMakeSplit() {
	ds := balanced(10, 5000) // as CIFAR-10
	s, err := MakeSplit(ds, SplitSpec{Kind: LongTail, Seed: 1}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	counts := slices.Sorted(slices.Values(s.Counts))
	fmt.Println(len(s.Indices), counts)
	// Output: 11165 [45 75 125 208 348 581 969 1617 2697 4500]
}

// FuzzManifest: accepted manifests are written as they were read, and checking a list
// against any manifest does not panic.
func FuzzManifest(f *testing.F) {
	ds := balanced(4, 10)
	s, err := MakeSplit(ds, SplitSpec{Kind: Shots, Shots: 2}, []int{1})
	if err != nil {
		f.Fatal(err)
	}
	list := filepath.Join(f.TempDir(), "list.npy")
	if _, err := s.Write(list, "toy", "other.npy", false); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(ManifestPath(list))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format": "bcl split 1", "kind": "long-tail", "imbalance": 1e300, "largest": -1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(ManifestPath(list), text, 0o666); err != nil {
			t.Fatal(err)
		}
		SubsetFile(ds, list)
		m, err := ReadManifest(ManifestPath(list))
		if err != nil {
			return
		}
		if s, err := m.Remake(ds, nil); err == nil && hashOfList(t, s.Indices) != m.List.SHA256 {
			t.Error("made another list than the manifest's")
		}
		if err := atomicfile.WriteFile(ManifestPath(list), m.encode); err != nil {
			t.Fatal(err)
		}
		if n, err := ReadManifest(ManifestPath(list)); err != nil || !reflect.DeepEqual(m, n) {
			t.Errorf("%+v became %+v, error %v", m, n, err)
		}
	})
}

func hashOfList(t *testing.T, indices []int) string {
	data, err := encodeIndexList(indices)
	if err != nil {
		t.Fatal(err)
	}
	return hashOf(data)
}
