package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// number converts the numbers of a type.
type number[T any] struct {
	of   func(float64) T
	to   func(T) float64
	step float64 // between two numbers, relative
}

var float = number[float32]{func(v float64) float32 { return float32(v) }, func(v float32) float64 { return float64(v) }, 0x1p-23}

var bfloat16 = number[uint16]{
	func(v float64) uint16 {
		u := math.Float32bits(float32(v))
		return uint16((u + 0x7fff + u>>16&1) >> 16)
	},
	func(v uint16) float64 { return float64(math.Float32frombits(uint32(v) << 16)) },
	0x1p-8,
}

// The formulas of batch norm in float64, which round where the kernels do.
func TestNorm(t *testing.T) {
	for _, shape := range [][2]int{{2, 8}, {7, 16}, {300, 16}, {65, 24}, {40, 48}, {1000, 64}, {9, 512}, {3, 2048}, {5000, 16}, {33, 2080}} {
		for _, kind := range []struct{ shortcut, relu bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
			name := fmt.Sprintf("%dx%d shortcut %v relu %v", shape[0], shape[1], kind.shortcut, kind.relu)
			compare(t, name+" float", float, shape[0], shape[1], kind.shortcut, kind.relu)
			compare(t, name+" bfloat16", bfloat16, shape[0], shape[1], kind.shortcut, kind.relu)
		}
	}
}

func compare[T float32 | uint16](t *testing.T, name string, number number[T], rows, channels int, shortcut, relu bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(rows), uint64(channels)))
	some := func(n int, mean, scale float64) []T {
		s := make([]T, n)
		for i := range s {
			s[i] = number.of(mean + scale*r.NormFloat64())
		}
		return s
	}
	params := func(mean, scale float64) []float32 {
		s := make([]float32, channels)
		for i := range s {
			s[i] = float32(mean + scale*r.Float64())
		}
		return s
	}
	size := rows * channels
	n := Norm[T]{
		Rows: rows, Channels: channels, ReLU: relu, Eps: 0.1, Momentum: 0.1,
		X: some(size, 0.5, 3), Y: make([]T, size), DY: some(size, 0, 0.01), DX: make([]T, size),
		Mean: make([]float32, channels), InvStd: make([]float32, channels),
		Weight: params(0.5, 1), Bias: params(-0.5, 1), RunningMean: params(-1, 2), RunningVar: params(0.5, 1),
		Lines: make([]float32, 2*channels), DWeight: make([]float32, channels), DBias: make([]float32, channels),
	}
	if shortcut {
		n.Shortcut = some(size, 0, 1)
		if relu {
			n.DSum = make([]T, size)
		}
	}
	near := func(what string, at int, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Fatalf("%s: %s[%d] is %v, want %v within %v", name, what, at, got, want, tolerance)
		}
	}
	x := func(row, c int) float64 { return number.to(n.X[row*channels+c]) }
	rounded := func(v float64) float64 { return number.to(number.of(v)) }
	before := [2][]float32{append([]float32(nil), n.RunningMean...), append([]float32(nil), n.RunningVar...)}
	variance := make([]float64, channels)
	for c := range channels {
		mean, squares := 0.0, 0.0
		for row := range rows {
			mean += x(row, c) / float64(rows)
		}
		for row := range rows {
			squares += (x(row, c) - mean) * (x(row, c) - mean)
		}
		variance[c] = squares / float64(rows)
		n.Mean[c], n.InvStd[c] = float32(mean), float32(1/math.Sqrt(variance[c]+float64(n.Eps)))
	}
	n.Forward()
	for c := range channels {
		unbiased := variance[c] * float64(rows) / float64(rows-1)
		near("running mean", c, float64(n.RunningMean[c]), 0.9*float64(before[0][c])+0.1*float64(n.Mean[c]), 1e-5)
		near("running variance", c, float64(n.RunningVar[c]), 0.9*float64(before[1][c])+0.1*unbiased, 1e-5*(1+unbiased))
	}
	// y, and which elements ReLU lets through, by what the kernels wrote: near 0 either is right.
	passes := func(i int) bool { return !relu || number.to(n.Y[i]) > 0 }
	for i := range size {
		row, c := i/channels, i%channels
		want := (x(row, c)-float64(n.Mean[c]))*float64(n.InvStd[c])*float64(n.Weight[c]) + float64(n.Bias[c])
		scale := math.Abs(want) + 4
		if shortcut {
			want = rounded(want) + number.to(n.Shortcut[i])
			scale += math.Abs(want)
		}
		if relu {
			want = max(want, 0)
		}
		near("y", i, number.to(n.Y[i]), want, 2*number.step*scale+1e-5)
	}
	n.Backward()
	for c := range channels {
		sum, dot, size := 0.0, 0.0, 0.0
		for row := range rows {
			if i := row*channels + c; passes(i) {
				d := number.to(n.DY[i])
				sum += d
				dot += d * (x(row, c) - float64(n.Mean[c]))
				size += math.Abs(d) * (1 + math.Abs(x(row, c)))
			}
		}
		std, w, rows := float64(n.InvStd[c]), float64(n.Weight[c]), float64(rows)
		near("dbias", c, float64(n.DBias[c]), sum, 1e-5*size)
		near("dweight", c, float64(n.DWeight[c]), dot*std, 1e-5*size)
		for row := range n.Rows {
			i, d := row*channels+c, 0.0
			if passes(i) {
				d = number.to(n.DY[i])
			}
			if n.DSum != nil {
				near("dsum", i, number.to(n.DSum[i]), d, 0)
			}
			want := (d - sum/rows - (x(row, c)-float64(n.Mean[c]))*dot*std*std/rows) * std * w
			near("dx", i, number.to(n.DX[i]), want, (number.step+1e-5)*(math.Abs(want)+0.05*std*w))
		}
	}
}

// The order of sums is the same in every run.
func TestNormHasTheSameBitsTwice(t *testing.T) {
	dx := func() []float32 {
		r := rand.New(rand.NewPCG(1, 2))
		n := Norm[float32]{Rows: 700, Channels: 16, ReLU: true, Eps: 1e-5, Momentum: 0.1}
		fill := func(k int) []float32 {
			s := make([]float32, k)
			for i := range s {
				s[i] = r.Float32() + 0.1
			}
			return s
		}
		n.X, n.DY, n.Y, n.DX = fill(700*16), fill(700*16), fill(700*16), fill(700*16)
		n.Mean, n.InvStd, n.Weight, n.Bias = fill(16), fill(16), fill(16), fill(16)
		n.RunningMean, n.RunningVar, n.Lines, n.DWeight, n.DBias = fill(16), fill(16), fill(32), fill(16), fill(16)
		n.Forward()
		n.Backward()
		return append(n.DX, n.DWeight...)
	}
	first, second := dx(), dx()
	for i := range first {
		if first[i] != second[i] {
			t.Fatalf("element %d: %v, then %v", i, first[i], second[i])
		}
	}
}

// NaN is not hidden by ReLU.
func TestNormKeepsNaN(t *testing.T) {
	n := Norm[uint16]{Rows: 2, Channels: 8, ReLU: true, Eps: 1e-5, Momentum: 0.1, X: make([]uint16, 16), Y: make([]uint16, 16)}
	one := func() []float32 { return []float32{1, 1, 1, 1, 1, 1, 1, 1} }
	n.Mean, n.InvStd, n.Weight, n.Bias, n.RunningMean, n.RunningVar, n.Lines = one(), one(), one(), one(), one(), one(), make([]float32, 16)
	n.X[3] = bfloat16.of(math.NaN())
	n.Forward()
	if y := bfloat16.to(n.Y[3]); !math.IsNaN(y) {
		t.Errorf("y is %v, want NaN", y)
	}
	if y := bfloat16.to(n.Y[2]); y != 0 {
		t.Errorf("y is %v, want 0", y)
	}
}
