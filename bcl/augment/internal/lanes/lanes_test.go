package lanes

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func random(r *rand.Rand, n int) []uint8 {
	p := make([]uint8, n)
	for i := range p {
		p[i] = uint8(r.Uint32())
	}
	if r.IntN(4) == 0 { // only the extremes
		for i := range p {
			p[i] = uint8(int8(p[i]) >> 7)
		}
	}
	return p
}

// randomTaps draws taps of any weights whose sums fit, like a bicubic kernel's.
func randomTaps(r *rand.Rand, in, out int) *Taps {
	t := new(Taps)
	t.Reserve(in, out, 1+r.IntN(min(in, 21)))
	t.reservePlain(in)
	for o := range out {
		t.First[o] = r.IntN(in - t.Width + 1)
		left := int64(1<<Precision) * 3 / 2
		for i := range t.Width {
			w := r.Int64N(2*left+1) - left
			if r.IntN(4) == 0 {
				w = 0
			}
			t.Weight[o*t.Width+i] = w
			left -= max(w, -w)
		}
	}
	t.Ready()
	return t
}

// same compares what a routine and its twin in plain Go wrote.
func same(t *testing.T, what string, got, want []uint8) {
	t.Helper()
	if !bytes.Equal(got, want) {
		for i, v := range want {
			if got[i] != v {
				t.Fatalf("%s: byte %d of %d is %d, plain Go gives %d", what, i, len(want), got[i], v)
			}
		}
	}
}

func TestAcrossIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		n, out := 1+r.IntN(70), 1+r.IntN(70)
		taps := randomTaps(r, n, out)
		from, to := 3*n+Slack+r.IntN(5), 3*out+1+r.IntN(5)
		src := random(r, 4*from)
		got, want := make([]uint8, 4*to), make([]uint8, 4*to)
		taps.Across(got, to, src, from, n)
		taps.acrossPlain(want, to, src, from, n)
		for i := range RowsAcross {
			same(t, "across", got[i*to:][:3*out], want[i*to:][:3*out])
		}
	}
}

func TestDownIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n, taps := 1+r.IntN(600), randomTaps(r, 30, 1)
		rows := random(r, 30*n)
		var at []int
		for i := range taps.Width {
			at = append(at, (taps.First[0]+i)*n)
		}
		got, want := make([]uint8, n), make([]uint8, n)
		Down(got, rows, at, taps.Weight)
		downPlain(want, rows, at, taps.Weight)
		same(t, "down", got, want)
	}
}

func TestBoxIsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 2000 {
		b := Box{Radius: r.IntN(WidestBox + 2)}
		inner := int64(2*b.Radius + 1)
		b.Inner = r.Int64N(1<<24/inner + 1)
		b.Outer = r.Int64N((1<<24-inner*b.Inner)/2 + 1)
		n, step := 1+r.IntN(200), 1+r.IntN(60)
		in := random(r, n+2*(b.Radius+1)*step)
		got, want := make([]uint8, n), make([]uint8, n)
		b.Filter(got, in, step)
		b.filterPlain(want, in, step)
		same(t, "box", got, want)
	}
}
