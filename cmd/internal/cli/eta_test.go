package cli

import (
	"math"
	"testing"
	"time"
)

// follow feeds step times to the estimate and compares it, from a minute on, with what then
// really was left, as long as that is a minute at least.
func follow(t *testing.T, name string, steps []time.Duration, tolerance float64) {
	t.Helper()
	total := time.Duration(0)
	for _, s := range steps {
		total += s
	}
	var marks []mark
	at := time.Duration(0)
	worst := 0.0
	for i, s := range steps {
		at += s
		marks = keep(marks, mark{at, i + 1})
		if left := total - at; at >= time.Minute && left >= time.Minute {
			worst = max(worst, math.Abs(float64(estimate(marks, len(steps))-left))/float64(left))
		}
	}
	if worst == 0 || worst > tolerance {
		t.Errorf("%s: off by up to %.0f %% after a minute, want at most %.0f %%", name, 100*worst, 100*tolerance)
	}
	if len(marks) > 200 {
		t.Errorf("%s: %d marks are kept", name, len(marks))
	}
}

// times repeats a step time with a spread that is the same each run.
func times(n int, each time.Duration, spread float64) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = time.Duration(float64(each) * (1 + spread*math.Sin(float64(i)*12.9898)))
	}
	return list
}

func TestEstimateIsWithinAFifthAfterAMinute(t *testing.T) {
	plain := times(3000, 250*time.Millisecond, 0.3)
	follow(t, "even steps", plain, 0.2)

	slow := times(3000, 250*time.Millisecond, 0.1)
	slow[0] = 25 * time.Second // loading, kernels
	follow(t, "a slow first step", slow, 0.2)

	boosted := times(3000, 200*time.Millisecond, 0.1) // views of later epochs take longer
	for i := 150; i < len(boosted); i++ {
		boosted[i] += 20 * time.Millisecond
	}
	follow(t, "a first epoch that is cheaper", boosted, 0.2)

	evaluated := times(3000, 250*time.Millisecond, 0.1) // and saved, between epochs of 40 steps
	for i := 40; i < len(evaluated); i += 40 {
		evaluated[i] += 2 * time.Second
	}
	follow(t, "work between epochs", evaluated, 0.2)

	follow(t, "long steps", times(60, 20*time.Second, 0.1), 0.2)
}

// Where the machine becomes busy the estimate follows within a minute or so.
func TestEstimateFollows(t *testing.T) {
	var marks []mark
	at, total := time.Duration(0), 4000
	for i := range 2000 {
		step := 100 * time.Millisecond
		if i >= 1000 {
			step *= 3
		}
		at += step
		marks = keep(marks, mark{at, i + 1})
	}
	want := time.Duration(total-2000) * 300 * time.Millisecond
	if got := estimate(marks, total); math.Abs(float64(got-want)) > 0.05*float64(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := estimate(marks[:2], total); got != 0 {
		t.Errorf("of two marks: %v", got)
	}
}

func TestTypical(t *testing.T) {
	for _, c := range []struct {
		took []time.Duration
		want time.Duration
	}{{nil, 0}, {[]time.Duration{7}, 7}, {[]time.Duration{900, 5, 7, 6}, 6}} {
		if got := Typical(c.took); got != c.want {
			t.Errorf("%v: %v, want %v", c.took, got, c.want)
		}
	}
}
