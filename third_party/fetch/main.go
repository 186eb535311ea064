// Fetch makes third_party/libtorch a link to libtorch: the copy that LIBTORCH names, or
// the pinned one, downloaded into a cache outside the checkout if it is not there yet.
// See third_party/README.md.
//
// With -env it links nothing and prints the variables with which cgo finds that libtorch,
// for modules that import this one:
//
//	eval "$(go run github.com/bcl-go/bcl/third_party/fetch -env)"
//
// It needs Python's pip only for the download: libtorch comes in PyTorch's wheel.
// libjpeg-turbo, which decodes JPEG files, comes from the system: it checks that it is there.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	env := flag.Bool("env", false, "print the variables of cgo for a module that imports this one, instead of linking")
	flag.Parse()
	do := setup
	if *env {
		do = printEnv
	}
	err := do()
	if err == nil {
		err = libjpeg()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

// setup finds or fetches libtorch and links it into the checkout that contains the
// working directory.
func setup() error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	dir, err := libtorch()
	if err != nil {
		return err
	}
	if err := relink(filepath.Join(root, "third_party", "libtorch"), dir); err != nil {
		return err
	}
	return compilerHeaders(root, dir)
}

// libtorch finds or fetches libtorch and returns its folder, with lib and include.
func libtorch() (dir string, err error) {
	pins, err := readPins("pins.txt", pinsText)
	if err != nil {
		return "", err
	}
	if given := os.Getenv("LIBTORCH"); given != "" {
		return installed(given, pins[0].Version)
	}
	set, err := wantedSet()
	if err != nil {
		return "", err
	}
	dir, err = cached(pins, set)
	return filepath.Join(dir, "torch"), err
}

// wantedSet is "cuda" when BCL_CUDA=1 or when a driver is installed, else "cpu".
func wantedSet() (string, error) {
	switch v := os.Getenv("BCL_CUDA"); v {
	case "1":
		return "cuda", nil
	case "0":
		return "cpu", nil
	case "":
		if _, err := os.Stat("/proc/driver/nvidia/version"); err == nil {
			return "cuda", nil
		}
		return "cpu", nil
	default:
		return "", fmt.Errorf("BCL_CUDA is %q, expected 0 or 1", v)
	}
}

// relink replaces link by a symbolic link to dir, atomically.
func relink(link, dir string) error {
	if now, err := os.Readlink(link); err == nil && now == dir {
		return nil
	}
	tmp := fmt.Sprintf("%s.tmp%d", link, os.Getpid())
	if err := os.Symlink(dir, tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, link); err != nil {
		os.Remove(tmp)
		return err
	}
	fmt.Fprintf(os.Stderr, "setup: third_party/%s -> %s\n", filepath.Base(link), dir)
	if shut := shutFolder(dir); shut != "" {
		fmt.Fprintf(os.Stderr, "setup: other users cannot read %s, so what is built runs for you alone; BCL_CACHE=/opt/bcl make build, or another folder open to all, lets everybody run it\n", shut)
	}
	return nil
}

// shutFolder is the folder at or above dir that other users cannot enter; "" if there is none.
func shutFolder(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.Mode()&0o001 == 0 {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// findRoot walks up from the working directory to the module's root.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "third_party", "fetch", "pins.txt")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("run it inside the checkout: no third_party/fetch/pins.txt above the working directory; elsewhere -env prints the variables for cgo")
		}
		dir = parent
	}
}
