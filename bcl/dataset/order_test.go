package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// labels50000 is as many samples of each class, mixed, without images.
type labels50000 struct {
	Dataset
	classes int
}

func (l labels50000) Len() int        { return 50000 }
func (l labels50000) Label(i int) int { return (7*i + i/l.classes) % l.classes }
func (l labels50000) Classes() []string {
	names := make([]string, l.classes)
	for c := range names {
		names[c] = strconv.Itoa(c)
	}
	return names
}

// legacy/testdata/make_goldens.py selects with NumPy in the manner of LDAM's sets.
func TestLDAMSplits(t *testing.T) {
	text, err := os.ReadFile("testdata/ldam.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Splits []struct {
			Classes, Largest int
			Imbalance        float64
			Shape            SplitShape
			Seed             uint64
			ShuffleClasses   bool `json:"shuffle_classes"`
			Counts, First    []int
			SHA256           string
		}
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Splits) != 40 {
		t.Fatalf("%d splits", len(g.Splits))
	}
	for _, want := range g.Splits {
		order := GivenOrder
		if want.ShuffleClasses {
			order = NumPyOrder
		}
		s, err := MakeSplit(labels50000{classes: want.Classes}, SplitSpec{Kind: LongTail, Seed: want.Seed, Imbalance: want.Imbalance,
			Largest: want.Largest, Shape: want.Shape, Order: order, Draw: NumPy}, nil)
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		for _, i := range s.Indices {
			h.Write(binary.LittleEndian.AppendUint64(nil, uint64(i)))
		}
		if !slices.Equal(s.Counts, want.Counts) || fmt.Sprintf("%x", h.Sum(nil)) != want.SHA256 {
			t.Errorf("%d classes, imbalance %v, %s, seed %d: counts %v and first %v, want %v and %v", want.Classes, want.Imbalance, want.Shape, want.Seed, s.Counts, s.Indices[:5], want.Counts, want.First)
		}
	}
}

// An order deals the sizes to the classes, and leaves the samples to the seed.
func TestClassOrders(t *testing.T) {
	of := func(order ClassOrder, seed uint64) *Split {
		s, err := MakeSplit(labels50000{classes: 10}, SplitSpec{Kind: LongTail, Seed: seed, Imbalance: 10, Largest: 100, Order: order}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	given, reverse := of(GivenOrder, 1), of(ReverseOrder, 1)
	if want := []int{100, 77, 59, 46, 35, 27, 21, 16, 12, 10}; !slices.Equal(given.Counts, want) {
		t.Errorf("given: %v, want %v", given.Counts, want)
	}
	back := slices.Clone(reverse.Counts)
	if slices.Reverse(back); !slices.Equal(back, given.Counts) {
		t.Errorf("reverse: %v", reverse.Counts)
	}
	if a, b := of("seed:4", 1), of("seed:4", 2); !slices.Equal(a.Counts, b.Counts) || slices.Equal(a.Indices, b.Indices) {
		t.Error("the order of seed 4 depends on the split's seed, or the samples do not")
	}
	if a, b := of("", 4), of("seed:4", 1); !slices.Equal(a.Counts, b.Counts) {
		t.Error("without an order, the seed is not the split's")
	}
	// The samples that a class has in both are the same.
	if !slices.Equal(of(GivenOrder, 1).Indices[:10], of("seed:4", 1).Indices[:10]) {
		t.Error("the order changes which samples of a class are taken first")
	}
}

func TestOrderErrors(t *testing.T) {
	for want, spec := range map[string]SplitSpec{
		`"up", expected given`:     {Kind: LongTail, Order: "up"},
		"a number from 0":          {Kind: LongTail, Order: "seed:x"},
		"not drawn as NumPy":       {Kind: LongTail, Order: NumPyOrder},
		`shape "round"`:            {Kind: LongTail, Shape: "round"},
		`drawn by "lots"`:          {Kind: LongTail, Draw: "lots"},
		"at most 4294967295":       {Kind: LongTail, Draw: NumPy, Seed: 1 << 32},
		"not apply to a balanced":  {Kind: Balanced, Order: GivenOrder},
		"not apply to a shots spl": {Kind: Shots, Shots: 1, Shape: Step},
	} {
		if _, err := MakeSplit(labels50000{classes: 10}, spec, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", spec, err, want)
		}
	}
}

// The embedded set has the same classes in every order, and in its own the same images.
func TestEmbeddedOrders(t *testing.T) {
	counts := func(place string) []int {
		p, err := Open(place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Kind != Embedded || p.Path != place || p.Test.Len() != 1000 {
			t.Errorf("%s: %+v", place, p)
		}
		n, _ := Counts(p.Train)
		return n
	}
	own, given, reverse := counts(Embedded), counts("embedded:given"), counts("embedded:reverse")
	if want := []int{77, 359, 16, 215, 27, 10, 600, 46, 129, 6}; !slices.Equal(own, want) || !slices.Equal(given, want) {
		t.Errorf("own %v and given %v, want %v", own, given, want)
	}
	for c, n := range reverse { // ranks r and 9-r
		if sorted := []int{600, 359, 215, 129, 77, 46, 27, 16, 10, 6}; slices.Index(sorted, n) != 9-slices.Index(sorted, own[c]) {
			t.Errorf("class %d has %d and in reverse %d", c, own[c], n)
		}
	}
	if one := counts("embedded:seed:1"); slices.Equal(one, own) || slices.Equal(one, counts("embedded:seed:2")) {
		t.Errorf("seed 1: %v", one)
	}
	a, _ := Open(Embedded, Options{})
	b, _ := Open("embedded:given", Options{})
	if Fingerprint(a.Train) != Fingerprint(b.Train) {
		t.Error("the given order is another set")
	}
	for _, place := range []string{"embedded:", "embedded:numpy", "embedded:up"} {
		if _, err := Open(place, Options{}); err == nil || !strings.Contains(err.Error(), "class order") || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: error %v", place, err)
		}
	}
}

func embeddedSet(t *testing.T) *Place {
	t.Helper()
	p, err := openEmbedded(Embedded)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
