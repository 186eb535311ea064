// Package imagecache has --image-cache, the memory for decoded images of the
// commands.
package imagecache

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/machine"
)

// Auto is the value of the flag that lets the memory there is decide.
const Auto = -1

// Check returns an error if mib is no value of the flag.
func Check(mib int) error {
	if mib < Auto || mib > math.MaxInt64>>20 {
		return cli.Usagef("--image-cache is %d, expected MiB, or -1 to let the memory there is decide", mib)
	}
	return nil
}

// New returns the cache for a value of the flag, at most half of the memory of this
// machine or container, which some processes share; say tells if that is less. It also tells
// Go's collector that there is no more: by default it may let memory grow to twice what is in
// use.
func New(mib, processes int, say func(format string, args ...any)) *dataset.Cache {
	limit := machine.Memory() / int64(processes)
	bytes := size(mib, limit)
	if wanted := int64(mib) << 20; bytes < wanted {
		say("--image-cache %d: taking %d MiB, half of the memory there is", mib, bytes>>20)
	}
	if limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit/2 + bytes/4)
	}
	return dataset.NewCache(bytes)
}

// size is the cache for a value of the flag where there are limit bytes of memory; 0:
// unknown.
func size(mib int, limit int64) int64 {
	bytes, most := int64(mib)<<20, limit/2
	if mib == Auto {
		bytes, most = dataset.DefaultCacheBytes, limit/8
	}
	if limit > 0 {
		bytes = min(bytes, most)
	}
	return bytes
}
