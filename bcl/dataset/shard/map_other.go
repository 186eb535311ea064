//go:build !unix

package shard

import "os"

// mapped returns the bytes of a file.
func mapped(path string) ([]byte, error) { return os.ReadFile(path) }

func unmap([]byte) {}
