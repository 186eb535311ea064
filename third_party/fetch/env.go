package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// printEnv prints lines for a shell's eval with which cgo finds libtorch.
func printEnv() error {
	dir, err := libtorch()
	if err != nil {
		return err
	}
	include, lib := filepath.Join(dir, "include"), filepath.Join(dir, "lib")
	export("CGO_CXXFLAGS", "-I"+include, "-I"+filepath.Join(include, "torch", "csrc", "api", "include"))
	export("CGO_LDFLAGS", "-L"+lib, "-Wl,-rpath,"+lib) // rpath: programs find it when they run
	return nil
}

func export(name string, flags ...string) {
	fmt.Printf("export %s=%s\n", name, shellQuoted(with(os.Getenv(name), flags)))
}

// with appends flags to the value of a variable that go reads, unless present.
func with(value string, flags []string) string {
	if value == "" {
		value = "-g -O2" // go's default, which a variable replaces
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
