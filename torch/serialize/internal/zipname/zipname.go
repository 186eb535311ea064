// Package zipname checks the names of records in zip archives of unknown origin.
package zipname

import "strings"

// Clean reports whether a name could not leave a folder it is unpacked in.
func Clean(name string) bool {
	if len(name) > 4096 || strings.ContainsAny(name, "\\:\x00\r\n") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
