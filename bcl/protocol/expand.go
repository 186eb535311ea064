package protocol

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// braces is {1..5}, which shells expand only if it is not quoted.
var braces = regexp.MustCompile(`\{(\d{1,6})\.\.(\d{1,6})\}`)

// Expand returns the files of names, patterns and {1..5}, in order. A name without a
// pattern is returned as it is, whether the file exists or not.
func Expand(patterns []string) (files []string, err error) {
	for _, p := range patterns {
		for _, n := range expand(p) {
			found := []string{n}
			if strings.ContainsAny(n, "*?[") {
				if found, err = filepath.Glob(n); err == nil && len(found) == 0 {
					err = errors.New("no file matches")
				}
				if err != nil {
					return nil, fmt.Errorf("%q: %w", n, err)
				}
				slices.Sort(found)
			}
			files = append(files, found...)
		}
	}
	for i, f := range files {
		if slices.Contains(files[:i], f) {
			return nil, fmt.Errorf("%s is named twice", f)
		}
	}
	return files, nil
}

// expand expands the first range in braces, and then the others.
func expand(pattern string) []string {
	at := braces.FindStringSubmatchIndex(pattern)
	if at == nil {
		return []string{pattern}
	}
	lo, _ := strconv.Atoi(pattern[at[2]:at[3]])
	hi, _ := strconv.Atoi(pattern[at[4]:at[5]])
	var out []string
	for i := lo; i <= hi && i < lo+1000; i++ {
		out = append(out, expand(pattern[:at[0]]+strconv.Itoa(i)+pattern[at[1]:])...)
	}
	return out
}
