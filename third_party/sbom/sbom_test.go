package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The document has the modules of a program, the wheels of the set, and nothing twice; what the
// commands link today has a known licence.
func TestDocument(t *testing.T) {
	program := filepath.Join(t.TempDir(), "bcl")
	build := exec.Command("go", "build", "-o", program, "./cmd/bcl")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pins, err := os.ReadFile("../fetch/pins.txt")
	if err != nil {
		t.Fatal(err)
	}
	for set, wheels := range map[string]int{"cpu": 4, "cuda": 17} {
		var first, again bytes.Buffer
		for _, w := range []*bytes.Buffer{&first, &again} {
			if err := write(w, set, "v9.9.9", "1:2.1.5-4", string(pins), []string{program, program}); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Error("two documents of the same differ")
		}
		var d document
		if err := json.Unmarshal(first.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		var refs []string
		n := 0
		for _, c := range d.Components {
			refs = append(refs, c.Ref)
			if strings.HasPrefix(c.Ref, "pkg:pypi/") {
				if n++; len(c.Hashes) != 1 || len(c.Hashes[0].Content) != 64 {
					t.Errorf("%s: hashes %v", c.Ref, c.Hashes)
				}
			}
			if len(c.Licenses) == 0 || c.Version == "" {
				t.Errorf("%+v", c)
			}
		}
		if n != wheels || !slices.IsSorted(refs) || len(slices.Compact(slices.Clone(refs))) != len(refs) {
			t.Errorf("%s: %d wheels, want %d: %v", set, n, wheels, refs)
		}
		for _, want := range []string{"pkg:golang/github.com/spf13/pflag@v", "pkg:golang/std@1.", "pkg:deb/debian/libjpeg-turbo@1%3A2.1.5-4", "pkg:pypi/torch@2.11.0"} {
			if !slices.ContainsFunc(refs, func(ref string) bool { return strings.HasPrefix(ref, want) }) {
				t.Errorf("%s: %s is not in %v", set, want, refs)
			}
		}
	}
	if err := write(&bytes.Buffer{}, "cpu", "v1", "", string(pins), []string{"main.go"}); err == nil {
		t.Error("a text is taken for a program")
	}
}

// Every module that a command links has a licence in the table.
func TestModulesAreKnown(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./cmd/...")
	list.Dir, list.Stderr = "../..", os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if modules[path] == "" {
			t.Errorf("the licence of %s is not known: add it to main.go", path)
		}
	}
}
