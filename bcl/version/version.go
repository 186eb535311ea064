// Package version reports what this program was built from and what it runs in.
package version

import (
	"os"
	"runtime/debug"
	"strings"
)

// Number and Date are those of the version that this is, or that comes next: the topmost one
// with a number in CHANGELOG.md.
const (
	Number = "0.1.0"
	Date   = "2026-11-26"
)

// commit is the output of "git describe" in the checkout. The Makefile and the Dockerfile
// set it through the linker, since a reproducible build cannot call git itself.
var commit string

// Commit returns the version or the commit that this program was built from.
func Commit() string {
	if commit != "" {
		return commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, modified := info.Main.Version, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && version == "(devel)":
			version = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+changes"
		}
	}
	if strings.HasSuffix(version, "+dirty") {
		modified = ""
	}
	return version + modified
}

// ContainerVariable is the environment variable with the name of an image of
// docker/Dockerfile.
const ContainerVariable = "BCL_CONTAINER"

// Home is what this process runs in: "native", or "container image bcl:cpu".
func Home() string {
	if image := os.Getenv(ContainerVariable); image != "" {
		return "container image " + image
	}
	return "native"
}
