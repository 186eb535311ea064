package imagecache

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
)

func TestSize(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		mib         int
		limit, want int64
	}{
		{Auto, 0, dataset.DefaultCacheBytes}, {Auto, 24 * gib, dataset.DefaultCacheBytes}, {Auto, 2 * gib, gib / 4},
		{0, 2 * gib, 0}, {512, 2 * gib, gib / 2}, {4096, 2 * gib, gib}, {4096, 0, 4 * gib},
	} {
		if got := size(c.mib, c.limit); got != c.want {
			t.Errorf("--image-cache %d with %d bytes: %d, want %d", c.mib, c.limit, got, c.want)
		}
	}
	for _, mib := range []int{-2, 1 << 60} {
		if err := Check(mib); err == nil || !strings.Contains(err.Error(), "--image-cache") {
			t.Errorf("%d: %v", mib, err)
		}
	}
}
