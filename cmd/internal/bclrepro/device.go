package bclrepro

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// device is where one job runs. CUDA_VISIBLE_DEVICES chooses the GPU, so that a run's
// settings, which have "cuda", are the same on whichever GPU it resumes.
type device struct {
	gpu     bool
	visible string // CUDA_VISIBLE_DEVICES of the job
}

// flag is the value of --device.
func (d device) flag() string {
	if d.gpu {
		return "cuda"
	}
	return "cpu"
}

// env is the environment of a job, added to this process's.
func (d device) env() []string {
	if d.gpu {
		return []string{"CUDA_VISIBLE_DEVICES=" + d.visible}
	}
	return nil
}

var gpuName = regexp.MustCompile(`^cuda(:([0-9]+))?$`)

// parseDevices reads the value of --devices.
func parseDevices(text string) ([]device, error) {
	visible := gpus()
	var pool []device
	switch text {
	case "cpu":
		return []device{{}}, nil
	case "auto":
		for _, id := range visible {
			pool = append(pool, device{true, id})
		}
		if len(pool) == 0 {
			pool = []device{{}}
		}
		return pool, nil
	}
	seen := make(map[string]bool)
	for _, word := range strings.Split(text, ",") {
		m := gpuName.FindStringSubmatch(word)
		if m == nil {
			return nil, fmt.Errorf("devices %q: %q is not cuda:N; expected cpu, auto or a list such as cuda:0,cuda:1", text, word)
		}
		n, _ := strconv.Atoi(m[2]) // "cuda" is cuda:0
		id := strconv.Itoa(n)
		if n < len(visible) {
			id = visible[n]
		}
		if seen[id] {
			return nil, fmt.Errorf("devices %q: %s is repeated", text, word)
		}
		seen[id] = true
		pool = append(pool, device{true, id})
	}
	return pool, nil
}

// gpus lists the GPUs that this process may use, in the form of CUDA_VISIBLE_DEVICES.
func gpus() (ids []string) {
	if set, ok := os.LookupEnv("CUDA_VISIBLE_DEVICES"); ok {
		for _, id := range strings.Split(set, ",") {
			if id = strings.TrimSpace(id); id == "" || id == "-1" {
				break // as CUDA does
			}
			ids = append(ids, id)
		}
		return ids
	}
	files, _ := filepath.Glob("/dev/nvidia[0-9]*") // the pattern is valid
	for i := range files {
		ids = append(ids, strconv.Itoa(i))
	}
	return ids
}

// together joins n GPUs at a time, for jobs of n processes. GPUs that are left over are not
// used. CPUs are shared as they are.
func together(pool []device, n int) []device {
	if n == 1 || !pool[0].gpu {
		return pool
	}
	var joined []device
	for chunk := range slices.Chunk(pool, n) {
		if len(chunk) < n {
			break
		}
		var ids []string
		for _, d := range chunk {
			ids = append(ids, d.visible)
		}
		joined = append(joined, device{true, strings.Join(ids, ",")})
	}
	return joined
}

// share is the number of cores for each of the processes of a job.
func (o *options) share(processes int) string {
	return fmt.Sprint(max(1, runtime.NumCPU()/o.jobs/processes))
}
