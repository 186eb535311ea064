//go:build !purego

package lanes

import "golang.org/x/sys/cpu"

var avx2 = cpu.X86.HasAVX2

// chunk is how many bytes a routine for neighbouring bytes makes at a time.
const chunk = 32

// groups is how many groups of eight pixels (24 bytes) of p can be read: the last four bytes
// that are read of a group belong to the next.
func groups(p []uint8) int { return max(len(p)-4, 0) / 24 }
