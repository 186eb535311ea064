package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// crtPin is the wheel with the headers crt/*.h, which cuda_runtime_api.h includes.
const crtPin = "nvidia-cuda-crt"

// compilerHeaders links third_party/crt to the headers crt/*.h for the libtorch in dir. The
// pinned sets have them beside the others; an installed torch, which does not depend on
// their wheel, may not: then they are fetched. Without them make builds without CUDA.
func compilerHeaders(root, dir string) error {
	beside := filepath.Join(dir, "..", "nvidia", "cu13", "include")
	if _, err := os.Stat(filepath.Join(beside, "cuda_runtime_api.h")); err != nil {
		return nil // make says that there is no CUDA
	}
	link := filepath.Join(root, "third_party", "crt")
	if _, err := os.Stat(filepath.Join(beside, "crt", "host_config.h")); err == nil {
		return relink(link, beside)
	}
	pins, err := readPins("pins.txt", pinsText)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pins, func(p pin) bool { return p.Name == crtPin })
	if i < 0 {
		return fmt.Errorf("pins.txt has no %s", crtPin)
	}
	fetched, err := cachedAs(fmt.Sprintf("%s-%s-%.12s", crtPin, pins[i].Version, pins[i].SHA256), pins[i:i+1], "cpu")
	if err != nil {
		fmt.Fprintf(os.Stderr, "setup: no headers of %s: %v\n", crtPin, err)
		return nil
	}
	return relink(link, filepath.Join(fetched, "nvidia", "cu13", "include"))
}
