package machine

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// CPUs is how many processors' time the control groups of this process leave it; 0: no limit.
func CPUs() float64 { return cpus(os.DirFS("/")) }

func cpus(root fs.FS) (least float64) {
	read := func(file string) []string {
		text, _ := fs.ReadFile(root, file)
		return strings.Fields(string(text))
	}
	groups(root, "cpu", "cpu.max", "cpu.cfs_quota_us", func(dir, file string) {
		words := read(path.Join(dir, file)) // "200000 100000": quota and period; "max" or -1: none
		if file != "cpu.max" {
			words = append(words, read(path.Join(dir, "cpu.cfs_period_us"))...)
		}
		if len(words) != 2 {
			return
		}
		quota, errQ := strconv.ParseFloat(words[0], 64)
		period, errP := strconv.ParseFloat(words[1], 64)
		if n := quota / period; errQ == nil && errP == nil && quota > 0 && period > 0 && (least == 0 || n < least) {
			least = n
		}
	})
	return least
}
