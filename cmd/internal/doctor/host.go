package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/machine"
)

// facts are what the checks judge: all that is asked of the system.
type facts struct {
	version, home string
	bin           string
	missing       []string // programs that are not in bin

	program    machine.Program
	programErr error // why it cannot say: libtorch cannot be loaded

	cudaHalf bool   // bin/libbcl_cuda.so is there
	driver   string // version of NVIDIA's driver; "": none
	device   bool   // a GPU's device file, or WSL's, is there

	cores      int
	cpus       float64 // limit of the control groups; 0: none
	avx2       bool
	ompThreads string

	memory, available int64 // bytes: limit, and free now
	openFiles         uint64
	disks             []disk
}

// disk is a folder that bcl writes to.
type disk struct {
	what, dir string
	free      int64 // bytes
	err       error // why nothing can be written
	optional  bool
}

// host asks the system.
func host(bin string, programs []string) facts {
	f := facts{version: version.Number + " (" + version.Commit() + ")", home: version.Home(), bin: bin, cores: runtime.NumCPU(), cpus: machine.CPUs(),
		memory: machine.Memory(), ompThreads: os.Getenv("OMP_NUM_THREADS")}
	for _, p := range programs {
		if _, err := exec.LookPath(filepath.Join(bin, p)); err != nil {
			f.missing = append(f.missing, p)
		}
	}
	f.program, f.programErr = ask(filepath.Join(bin, "bcl-train"))
	for _, name := range []string{filepath.Join(bin, "libbcl_cuda.so"), filepath.Join(bin, "../lib/libbcl_cuda.so"), os.Getenv("BCL_CUDA_SHIM")} {
		f.cudaHalf = f.cudaHalf || exists(name)
	}
	if text, err := os.ReadFile("/sys/module/nvidia/version"); err == nil {
		f.driver = strings.TrimSpace(string(text))
	} else if exists("/proc/driver/nvidia/version") {
		f.driver = "unknown version"
	}
	f.device = exists("/dev/nvidiactl") || exists("/dev/dxg")
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	f.avx2 = bytes.Contains(cpuinfo, []byte(" avx2 "))
	f.available = available(f.memory)
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		f.openFiles = limit.Cur
	}
	f.disks = []disk{place("runs", "runs", false)}
	if version.Home() == "native" {
		f.disks = append(f.disks, place("cache", cache(), true))
	}
	return f
}

// ask asks a program that links libtorch what it can compute with. The error is its own
// message, the loader's for instance.
func ask(path string) (p machine.Program, err error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, path, string(cli.Machine))
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		if text := strings.TrimSpace(errs.String()); text != "" {
			err = errors.New(text)
		}
		return p, err
	}
	return p, json.Unmarshal(out.Bytes(), &p)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// available is the memory that is free now, of the machine or of what a container may use.
func available(limit int64) int64 {
	free := int64(0)
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "MemAvailable: %d kB", &kib); n == 1 {
			free = kib << 10
		}
	}
	if limit > 0 {
		free = min(free, limit)
	}
	return free
}

// place looks at the folder that things are written to, or the nearest above that exists.
func place(what, dir string, optional bool) disk {
	d := disk{what: what, dir: dir, optional: optional}
	if dir == "" {
		d.err = errors.New("neither BCL_CACHE, XDG_CACHE_HOME nor HOME is set")
		return d
	}
	at, err := filepath.Abs(dir)
	if err != nil {
		d.err = err
		return d
	}
	for {
		_, err := os.Stat(at)
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	d.dir = at
	var s unix.Statfs_t
	if d.err = unix.Statfs(at, &s); d.err == nil {
		d.free = int64(s.Bavail) * s.Bsize
		d.err = unix.Access(at, unix.W_OK|unix.X_OK)
	}
	return d
}

// cache is the folder that libtorch and the compiler's wheels are fetched into.
func cache() string {
	if dir := os.Getenv("BCL_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "bcl")
}
