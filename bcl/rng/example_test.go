package rng_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rng"
)

// The numbers of a stream depend only on its name, not on the order of use.
func ExampleNew() {
	seed, epoch, sample := uint64(10), uint32(1), uint32(42)
	a := rng.New(seed, rng.View, epoch, sample, 0)
	b := rng.New(seed, rng.View, epoch, sample, 0)
	c := rng.New(seed, rng.View, epoch, sample, 1)
	x, y, z := a.Float64(), b.Float64(), c.Float64()
	fmt.Println(x == y, x == z)
	// Output: true false
}
