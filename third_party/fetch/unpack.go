package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Of torch/lib the CPU set needs the first three; the CUDA set needs all.
var torchLibs = map[string]string{
	"libtorch_cpu.so": "cpu", "libc10.so": "cpu", "libgomp.so.1": "cpu",
	"libtorch_cuda.so": "cuda", "libc10_cuda.so": "cuda", "libtorch_cuda_linalg.so": "cuda",
	"libcaffe2_nvrtc.so": "cuda", "libtorch_nvshmem.so": "cuda",
}

// wanted selects the files of a pin's wheel to unpack.
func wanted(p pin, set string) func(name string) bool {
	if p.Name != "torch" {
		return func(string) bool { return true }
	}
	return func(name string) bool {
		if lib, ok := strings.CutPrefix(name, "torch/lib/"); ok {
			of := torchLibs[lib]
			return of == "cpu" || of == set && of != ""
		}
		return strings.HasPrefix(name, "torch/include/") || strings.Contains(name, ".dist-info/licenses/")
	}
}

// unpack writes the wanted files of a wheel below dir.
func unpack(wheel, dir string, wanted func(string) bool) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") || !wanted(f.Name) {
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("name %q is outside of the folder", f.Name)
		}
		if err := unpackFile(f, filepath.Join(dir, filepath.FromSlash(f.Name))); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func unpackFile(f *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}
