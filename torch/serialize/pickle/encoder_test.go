package pickle

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
)

// TestLikeCPython compares with the bytes of CPython's pickler.
func TestLikeCPython(t *testing.T) {
	for _, name := range []string{"plain_2.pkl", "shared.pkl", "more_2.pkl"} {
		want := golden(t, name)
		v, err := Unmarshal(want, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Marshal(v, EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: wrote\n%q\nwant\n%q", name, got, want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for p := range 6 {
		v, err := Unmarshal(golden(t, []string{"tree_0.pkl", "tree_1.pkl", "tree_2.pkl", "tree_3.pkl", "tree_4.pkl", "tree_5.pkl"}[p]), plain)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Marshal(v, EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(b, plain)
		if err != nil || repr(again) != wantTree() {
			t.Errorf("protocol %d: %v, got %s", p, err, repr(again))
		}
	}
}

func TestIntegers(t *testing.T) {
	for shift := range 140 {
		for _, add := range []int64{-1, 0, 1} {
			for _, sign := range []int64{-1, 1} {
				i := new(big.Int).Lsh(big.NewInt(1), uint(shift))
				i.Add(i, big.NewInt(add)).Mul(i, big.NewInt(sign))
				b, err := Marshal(i, EncodeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				v, err := Unmarshal(b, plain)
				if err != nil || repr(v) != i.String() {
					t.Errorf("%v became %v, %v", i, v, err)
				}
			}
		}
	}
}

func TestGoValues(t *testing.T) {
	v := NewDict("i", 3, "u", uint64(1<<63), "f", float32(.5), "ints", []int{1, 2}, "floats", []float64{.5}, "strings", []string{"a"}, "any", []any{nil}, 7, uint8(1))
	b, err := Marshal(v, EncodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unmarshal(b, plain)
	want := `{"i": 3, "u": 9223372036854775808, "f": 0.5, "ints": [1, 2], "floats": [0.5], "strings": ["a"], "any": [None], 7: 1}`
	if err != nil || repr(got) != want {
		t.Errorf("got %s, %v", repr(got), err)
	}
}

func TestCannotWrite(t *testing.T) {
	loop := NewList()
	loop.Items = append(loop.Items, loop)
	for _, c := range []struct {
		v    any
		want string
	}{{loop, "contains itself"}, {make(chan int), "chan int"}, {"\xff", "UTF-8"}, {struct{}{}, "struct"}} {
		if _, err := Marshal(c.v, EncodeOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: error %v, want one with %q", c.v, err, c.want)
		}
	}
	same := func(v any) (any, error) { return v, nil }
	if _, err := Marshal(struct{}{}, EncodeOptions{Reduce: same}); err == nil {
		t.Error("a Reduce that does nothing was accepted")
	}
}

func TestDict(t *testing.T) {
	d := NewDict(1, "a", "k", "b")
	if err := d.Set(1.0, "c"); err != nil || d.Len() != 2 {
		t.Errorf("1.0 is not the key 1: %v", err)
	}
	if v, ok := d.Get(true); !ok || v != "c" {
		t.Errorf("True is not the key 1: %v", v)
	}
	if err := d.Set(NewList(), 1); err == nil {
		t.Error("a list became a key")
	}
	if _, ok := d.Lookup("missing"); ok {
		t.Error("found a missing key")
	}
}
