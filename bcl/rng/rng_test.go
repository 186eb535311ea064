package rng

import (
	"math"
	"testing"
)

// Known answers of the authors' Random123 distribution (kat_vectors).
func TestPhiloxKnownAnswers(t *testing.T) {
	const f = 0xffffffff
	for _, c := range []struct {
		ctr  [4]uint32
		key  [2]uint32
		want [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{f, f, f, f}, [2]uint32{f, f}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.ctr, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.ctr, c.key, got, c.want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	check := func(name string, s Stream) {
		v := s.Uint64()
		if other, dup := seen[v]; dup {
			t.Errorf("streams %s and %s start with the same numbers", name, other)
		}
		seen[v] = name
	}
	check("base", New(1, View, 1, 1, 1))
	check("seed", New(2, View, 1, 1, 1))
	check("high seed", New(1<<40|1, View, 1, 1, 1))
	check("purpose", New(1, Order, 1, 1, 1))
	check("epoch", New(1, View, 2, 1, 1))
	check("sample", New(1, View, 1, 2, 1))
	check("view", New(1, View, 1, 1, 2))
}

func TestDistributions(t *testing.T) {
	const n = 200000
	s := New(7, View, 0, 0, 0)
	var sum, sq float64
	for range n {
		v := s.Float64()
		if v < 0 || v >= 1 {
			t.Fatalf("Float64 = %v", v)
		}
		sum += v
		sq += v * v
	}
	mean, variance := sum/n, sq/n-sum*sum/n/n
	if math.Abs(mean-0.5) > 0.003 || math.Abs(variance-1.0/12) > 0.002 {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
	var count [7]int
	for range n {
		count[s.IntN(7)]++
	}
	for v, c := range count {
		if math.Abs(float64(c)-n/7.0) > 700 { // 4 sigma
			t.Errorf("IntN(7) gave %d %d times of %d", v, c, n)
		}
	}
	p := make([]int, 100)
	s.Perm(p)
	var have [100]bool
	for _, v := range p {
		have[v] = true
	}
	for v, ok := range have {
		if !ok {
			t.Errorf("Perm lacks %d", v)
		}
	}
}

func TestStreamDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		s := New(1, View, 2, 3, 4)
		_ = s.IntN(9) + int(s.Float64())
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
