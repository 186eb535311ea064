//go:build !purego

package lanes

import (
	"syscall"
	"testing"
)

// guarded returns n bytes in front of memory that must not be touched.
func guarded(t *testing.T, n int) []uint8 {
	page := syscall.Getpagesize()
	size := (n + page - 1) / page * page
	p, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(p) })
	if err := syscall.Mprotect(p[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return p[size-n : size : size]
}

// TestReadsEnd: no routine reads beyond the memory that it is given, which would end this
// process.
func TestReadsEnd(t *testing.T) {
	for n := 1; n < 120; n++ {
		p := guarded(t, n)
		Mix(p, 3, 0.5)
		Down(make([]uint8, n), p, []int{0}, []int64{1 << Precision})
		if n > 4 {
			Box{0, 1 << 23, 1 << 22}.Filter(make([]uint8, n-4), p, 2)
		}
		p = guarded(t, 3*n)
		Hue(p, 1)
		Grey(p)
		Saturate(p, 0.5)
		SumLuma(p)
		for width := 1; width <= min(n, 9); width++ {
			var taps Taps
			taps.Reserve(n, 1, width)
			taps.First[0] = n - width
			clear(taps.Weight)
			taps.Ready()
			from := 3*n + Slack
			taps.Across(guarded(t, RowsAcross*4), 4, guarded(t, RowsAcross*from), from, n)
		}
	}
}
