package imagecache

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// Memory is how many bytes this process may use: the machine's memory, or the limit of the
// control group that it is in, or of one above, if that is less. 0 if unknown.
func Memory() int64 { return memory(os.DirFS("/")) }

// memory reads the files of Linux below root.
func memory(root fs.FS) int64 {
	least := int64(0)
	take := func(bytes int64) {
		if bytes > 0 && (least == 0 || bytes < least) {
			least = bytes
		}
	}
	text, _ := fs.ReadFile(root, "proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if kib, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			take(number(strings.TrimSuffix(strings.TrimSpace(kib), " kB")) << 10)
		}
	}
	// Lines "0::/path" (version 2) or "4:memory:/path" (version 1). In a container the
	// path may be the host's, while the limit lies at the top of what is mounted.
	text, _ = fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		top, file := "sys/fs/cgroup", "memory.max"
		if parts[1] == "memory" {
			top, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if parts[1] != "" {
			continue
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			limit, _ := fs.ReadFile(root, path.Join(top, dir, file))
			take(number(strings.TrimSpace(string(limit)))) // "max" is none
			if dir == "/" {
				break
			}
		}
	}
	return least
}

// number is 0 for what is none.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	if n >= 1<<60 { // version 1 writes a very large one for none
		return 0
	}
	return n
}
