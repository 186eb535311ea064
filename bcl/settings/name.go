package settings

import "strings"

// Normalize is the name of a flag or key in lower case, with "-" for "_" and before upper
// case: train_split and trainSplit are train-split.
func Normalize(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '_':
			r = '-'
		case 'A' <= r && r <= 'Z':
			if i > 0 && 'a' <= name[i-1] && name[i-1] <= 'z' {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
