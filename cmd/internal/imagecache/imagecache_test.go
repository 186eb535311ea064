package imagecache

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bcl-go/bcl/bcl/dataset"
)

func TestMemory(t *testing.T) {
	machine := map[string]string{"proc/meminfo": "MemTotal:       24000000 kB\nMemFree: 1 kB\n"}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"nothing", map[string]string{"proc/meminfo": ""}, 0},
		{"a machine", nil, 24000000 << 10},
		{"no limit", map[string]string{"proc/self/cgroup": "0::/user\n", "sys/fs/cgroup/user/memory.max": "max\n"}, 24000000 << 10},
		{"version 2", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "2147483648\n"}, 2 << 30},
		{"a container", map[string]string{"proc/self/cgroup": "0::/../../docker/1\n", "sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30},
		{"version 1", map[string]string{"proc/self/cgroup": "5:cpu:/x\n4:memory:/x\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "536870912\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 512 << 20},
		{"above the machine's", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "99999999999999\n"}, 24000000 << 10},
	} {
		root := fstest.MapFS{}
		for _, files := range []map[string]string{machine, c.files} {
			for name, text := range files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		if got := memory(root); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, got, c.want)
		}
	}
}

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
