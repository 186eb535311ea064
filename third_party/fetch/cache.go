package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// cached returns the folder of a set in the cache, filling it first if necessary.
func cached(pins []pin, set string) (string, error) {
	return cachedAs(key(pins, set), ofSet(pins, set), set)
}

// cachedAs returns the folder of pins in the cache, filling it first if necessary. A folder
// is complete once it has its final name.
func cachedAs(name string, pins []pin, set string) (string, error) {
	base, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, name)
	if _, err := os.ReadDir(dir); err == nil {
		return dir, nil
	} else if errors.Is(err, fs.ErrPermission) {
		return "", fmt.Errorf("the cache cannot be read: %w; BCL_CACHE can name another folder", err)
	}
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", fmt.Errorf("%w; BCL_CACHE can name another folder for libtorch", err)
	}
	unlock, err := lock(filepath.Join(base, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return dir, nil // another setup was faster
	}
	removeLeft(base)
	tmp, err := os.MkdirTemp(base, "unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := fill(tmp, pins, set); err != nil {
		return "", err
	}
	if err := os.Chmod(filepath.Join(tmp, "root"), 0o755); err != nil {
		return "", err
	}
	return dir, os.Rename(filepath.Join(tmp, "root"), dir)
}

// removeLeft removes what interrupted setups left. Under the lock no other is running.
func removeLeft(base string) {
	left, _ := filepath.Glob(filepath.Join(base, "unpack-*"))
	for _, dir := range left {
		os.RemoveAll(dir)
	}
}

// fill downloads, checks and unpacks the wheels of pins into tmp/root.
func fill(tmp string, pins []pin, set string) error {
	var total int64
	for _, p := range pins {
		total += p.Size
	}
	fmt.Fprintf(os.Stderr, "setup: fetching %s %s, set %s: %d files, %.2f GB\n", pins[0].Name, pins[0].Version, set, len(pins), float64(total)/1e9)
	wheels := filepath.Join(tmp, "wheels")
	if err := download(wheels, pins); err != nil {
		return err
	}
	for _, p := range pins {
		path, err := wheelOf(wheels, p)
		if err != nil {
			return err
		}
		if err := check(path, p); err != nil {
			return err
		}
		if err := unpack(path, filepath.Join(tmp, "root"), wanted(p, set)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		os.Remove(path) // its contents are unpacked; free the space for the next
	}
	return nil
}

// cacheDir is $BCL_CACHE, or bcl in the user's cache folder.
func cacheDir() (string, error) {
	if dir := os.Getenv("BCL_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w; BCL_CACHE can name a folder for libtorch", err)
	}
	return filepath.Join(dir, "bcl"), nil
}

// wheelOf finds the file of a pin among the downloaded ones.
func wheelOf(dir string, p pin) (string, error) {
	pattern := filepath.Join(dir, strings.ReplaceAll(p.Name, "-", "_")+"-"+p.Version+"-*.whl")
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%s==%s: %d files %s, expected one", p.Name, p.Version, len(found), pattern)
	}
	return found[0], nil
}

// check compares size and sha256 with the pin; a file that differs is deleted.
func check(path string, p pin) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	got := hex.EncodeToString(h.Sum(nil))
	if n == p.Size && got == p.SHA256 {
		return nil
	}
	os.Remove(path)
	return fmt.Errorf("%s: %d bytes with sha256 %s, expected %d bytes with %s; the file was deleted", filepath.Base(path), n, got, p.Size, p.SHA256)
}

// lock takes a lock on path that ends with the process.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return func() { f.Close() }, nil
}
