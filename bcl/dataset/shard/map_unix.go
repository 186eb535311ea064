//go:build unix

package shard

import (
	"fmt"
	"math"
	"os"
	"syscall"
)

// mapped returns the bytes of a file, which the system reads as they are used and drops when
// memory is short. They stay valid when the file is replaced.
func mapped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 || !info.Mode().IsRegular() || uint64(info.Size()) > math.MaxInt {
		return nil, errDamaged
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	return data, nil
}

func unmap(data []byte) { syscall.Munmap(data) }
