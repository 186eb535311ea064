package settings

import "strconv"

// Change is a setting in which two lists differ.
type Change struct {
	Name        string
	Before, Now string // "" if it is not set
	Added, Gone bool   // set only in the second list, only in the first
}

// Changes returns the differences between l and now: in the order of now, then those set
// only in l. Numbers are compared as numbers.
func (l List) Changes(now List) []Change {
	var out []Change
	for _, s := range now {
		i := l.index(s.Name)
		if i < 0 {
			out = append(out, Change{Name: s.Name, Now: s.Value, Added: true})
		} else if before := l[i].Value; !Same(before, s.Value) {
			out = append(out, Change{Name: s.Name, Before: before, Now: s.Value})
		}
	}
	for _, s := range l {
		if now.index(s.Name) < 0 {
			out = append(out, Change{Name: s.Name, Before: s.Value, Gone: true})
		}
	}
	return out
}

// Same compares values as numbers if they are numbers.
func Same(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}
