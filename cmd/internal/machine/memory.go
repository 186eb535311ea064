package machine

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
	groups(root, "memory", "memory.max", "memory.limit_in_bytes", func(dir, file string) {
		limit, _ := fs.ReadFile(root, path.Join(dir, file))
		take(number(strings.TrimSpace(string(limit)))) // "max" is none
	})
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
