package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// installed returns the folder with lib/ and include/ at or below given, the value of
// LIBTORCH, and refuses a version that is not the pinned one.
func installed(given, version string) (string, error) {
	given, err := filepath.Abs(given)
	if err != nil {
		return "", err
	}
	dir := given
	if _, err := os.Stat(filepath.Join(dir, "lib", "libtorch_cpu.so")); err != nil {
		dir = filepath.Join(given, "torch") // site-packages
		if _, err := os.Stat(filepath.Join(dir, "lib", "libtorch_cpu.so")); err != nil {
			return "", fmt.Errorf("LIBTORCH=%s: no lib/libtorch_cpu.so in it; expected libtorch's folder or an installed Python torch", given)
		}
	}
	found, err := headerVersion(dir)
	if err != nil {
		return "", fmt.Errorf("LIBTORCH=%s: %w", given, err)
	}
	if found != version && os.Getenv("BCL_LIBTORCH_ANY_VERSION") != "1" {
		return "", fmt.Errorf("LIBTORCH=%s: libtorch %s, but this project is built and tested with %s; BCL_LIBTORCH_ANY_VERSION=1 uses it anyway", given, found, version)
	}
	return dir, nil
}

var versionLine = regexp.MustCompile(`(?m)^#define TORCH_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)$`)

// headerVersion reads the version from the headers of the libtorch in dir.
func headerVersion(dir string) (string, error) {
	const name = "include/torch/headeronly/version.h"
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", fmt.Errorf("version unknown (libtorch older than 2.9?): %w", err)
	}
	m := versionLine.FindAllSubmatch(text, -1)
	if len(m) != 3 {
		return "", fmt.Errorf("%s: no version in it", name)
	}
	return fmt.Sprintf("%s.%s.%s", m[0][1], m[1][1], m[2][1]), nil
}
