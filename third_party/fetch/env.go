package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// printEnv prints lines for a shell's eval that let cgo find libtorch.
func printEnv() error {
	dir, err := libtorch()
	if err != nil {
		return err
	}
	include, lib := filepath.Join(dir, "include"), filepath.Join(dir, "lib")
	for _, v := range []struct {
		name  string
		flags []string
	}{
		{"CGO_CXXFLAGS", []string{"-I" + include, "-I" + filepath.Join(include, "torch", "csrc", "api", "include")}},
		{"CGO_LDFLAGS", []string{"-L" + lib, "-Wl,-rpath," + lib}}, // rpath: programs find it when they run
	} {
		fmt.Printf("export %s=%s\n", v.name, shellQuoted(with(os.Getenv(v.name), v.flags)))
	}
	return nil
}

// with adds flags to the value of a variable that go reads, unless they are there.
func with(value string, flags []string) string {
	if value == "" {
		value = "-g -O2" // go's own, which a variable replaces
	}
	for i, f := range flags {
		if strings.ContainsAny(f, " \t'") {
			flags[i] = `"` + f + `"` // go's quotes, which have no escapes
		}
	}
	ours := strings.Join(flags, " ")
	if strings.Contains(value, ours) {
		return value
	}
	return value + " " + ours
}

func shellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
