// Package machine is what this process may use of the machine: the limits of containers and
// of the users' quotas included. It reads the files of Linux.
package machine

import (
	"io/fs"
	"path"
	"strings"
)

// groups calls f for the control group that this process is in, and those above it: with the
// folder and the name of the file of a controller's limit, of version 2 or 1.
func groups(root fs.FS, controller, v2, v1 string, f func(dir, file string)) {
	// Lines "0::/path" (version 2) or "4:memory:/path" (version 1). In a container the path
	// may be the host's, while the limit lies at the top of what is mounted.
	text, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		top, file := "sys/fs/cgroup", v2
		if parts[1] != "" {
			if !strings.Contains(","+parts[1]+",", ","+controller+",") {
				continue
			}
			top, file = "sys/fs/cgroup/"+parts[1], v1
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			f(path.Join(top, dir), file)
			if dir == "/" {
				break
			}
		}
	}
}
