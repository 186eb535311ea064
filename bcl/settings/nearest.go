package settings

import "strings"

// Nearest returns the name closest to a misspelt one by edit distance; a missing end
// counts as one edit. Of two at the same distance, it is the one with the longer common
// prefix. It returns "" if none is near.
func Nearest(name string, names []string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, n := range names {
		d := Distance(name, n)
		if strings.HasPrefix(n, name) {
			d = min(d, 1)
		}
		if d < least || d == least && best != "" && common(name, n) > common(name, best) {
			best, least = n, d
		}
	}
	return best
}

// common is the length of the common prefix of a and b.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// Distance is the Levenshtein distance.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
