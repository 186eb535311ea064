package cli

import (
	"slices"
	"time"
)

// Typical is the time that a step takes, of some that were measured: the median, without the
// first, which also prepares memory, caches and kernels.
func Typical(took []time.Duration) time.Duration {
	if len(took) > 1 {
		took = took[1:]
	}
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)/2]
}

// recent is how far back an estimate looks, at fewest so many marks.
const (
	recent = time.Minute
	fewest = 12
)

// mark is when some items were done.
type mark struct {
	at   time.Duration // since the start
	done int
}

// estimate is how long the rest of a loop takes, from when items were done: at the pace of the
// last minute or the last dozen, as a machine becomes busy and idle, and of an epoch's slower or faster parts.
// What comes between items, such as evaluations, counts, and the first items do not, as they
// prepare memory and caches. It is pure; 0: not known yet.
func estimate(marks []mark, total int) time.Duration {
	if len(marks) < 3 {
		return 0
	}
	last := marks[len(marks)-1]
	from := marks[1]
	for i, m := range marks[1 : len(marks)-1] {
		if last.at-m.at < recent || len(marks)-1-i < fewest {
			break
		}
		from = m
	}
	if last.done <= from.done {
		return 0
	}
	return time.Duration(float64(last.at-from.at) / float64(last.done-from.done) * float64(total-last.done))
}

// keep adds a mark, and drops those that no estimate needs: all but the first two and those of
// the last minute or dozen, at most one each half a second.
func keep(marks []mark, m mark) []mark {
	if n := len(marks); n > 2 && m.at-marks[n-2].at < recent/120 {
		marks[n-1] = m
		return marks
	}
	marks = append(marks, m)
	for len(marks) > fewest+2 && m.at-marks[2].at > recent {
		marks = slices.Delete(marks, 1, 2)
	}
	return marks
}
