package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/machine"
)

// well is a machine without anything to say.
func well() facts {
	return facts{version: "0.1.0", home: "native", bin: "/opt/bcl/bin", program: machine.Program{Libtorch: "2.11.0", Threads: 8, JPEG: "libjpeg-turbo 2.1.5", NoCUDA: "no library"},
		cores: 8, avx2: true, memory: 32 * gib, available: 16 * gib, openFiles: 1024, disks: []disk{{what: "runs", dir: "/work", free: 50 * gib}}}
}

func gpuMachine() facts {
	f := well()
	f.driver, f.device, f.cudaHalf = "580.65.06", true, true
	f.program.NoCUDA, f.program.GPUs = "", []machine.GPU{{Name: "NVIDIA H100", Major: 9}}
	return f
}

func TestLook(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *facts)
		from   func() facts
		what   string
		state  State
		found  string
		advice string
	}{
		{"no driver", func(*facts) {}, well, "GPU", OK, "the CPU is used", ""},
		{"a GPU", func(*facts) {}, gpuMachine, "GPU", OK, "NVIDIA H100 (9.0), driver 580.65.06", ""},
		{"an old GPU", func(f *facts) { f.program.GPUs[0].Major, f.program.GPUs[0].Minor = 6, 1 }, gpuMachine, "GPU", Note, "(6.1)", "7.5"},
		{"no CUDA half", func(f *facts) { f.program.GPUs, f.cudaHalf = nil, false }, gpuMachine, "GPU", Note, "none can be used", "BCL_CUDA=1 make build"},
		{"no device in the container", func(f *facts) { f.program.GPUs, f.device = nil, false }, gpuMachine, "GPU", Note, "", "--gpus all"},
		{"an old driver", func(f *facts) { f.program.GPUs, f.driver = nil, "535.1" }, gpuMachine, "GPU", Note, "", "580"},
		{"a hidden GPU", func(f *facts) { f.program.GPUs = nil }, gpuMachine, "GPU", Note, "", "CUDA_VISIBLE_DEVICES"},
		{"programs", func(f *facts) { f.missing = []string{"bcl-eval"} }, well, "programs", Broken, "bcl-eval", "make build"},
		{"libtorch", func(f *facts) {
			f.programErr = errors.New("error while loading shared libraries: libtorch_cpu.so: cannot open shared object file")
		}, well, "libtorch", Broken, "libtorch_cpu.so", "make setup"},
		{"unreadable", func(f *facts) { f.programErr = errors.New("libc10.so: Permission denied") }, well, "libtorch", Broken, "", "BCL_CACHE"},
		{"Go's decoder", func(f *facts) { f.program.JPEG = "image/jpeg" }, well, "JPEG", Note, "half as fast", "libjpeg-dev"},
		{"a quota", func(f *facts) { f.cpus = 2.5 }, well, "processor", Note, "may use 2.5", "--threads 2 --num-workers 2"},
		{"many threads", func(f *facts) { f.program.Threads = 64 }, well, "processor", Note, "", "--threads 8"},
		{"OMP_NUM_THREADS", func(f *facts) { f.ompThreads, f.program.Threads = "1", 1 }, well, "processor", Note, "", "OMP_NUM_THREADS=1"},
		{"no AVX2", func(f *facts) { f.avx2 = false }, well, "processor", Note, "", "AVX2"},
		{"a small container", func(f *facts) { f.memory, f.available = gib/2, gib/2 }, well, "memory", Broken, "0.5 GiB", "--memory"},
		{"little memory", func(f *facts) { f.available = gib }, well, "memory", Note, "1.0 are free", "--dry-run"},
		{"unknown memory", func(f *facts) { f.memory = 0 }, well, "memory", Note, "not known", "--image-cache"},
		{"few files", func(f *facts) { f.openFiles = 64 }, well, "files", Note, "64", "ulimit"},
		{"a full disk", func(f *facts) { f.disks[0].free = 1 << 20 }, well, "runs", Broken, "0.0 GiB free", "--save-dir"},
		{"a nearly full disk", func(f *facts) { f.disks[0].free = gib / 2 }, well, "runs", Note, "", "free some space"},
		{"read-only", func(f *facts) { f.disks[0].err = os.ErrPermission }, well, "runs", Broken, "permission", "--save-dir"},
		{"no cache", func(f *facts) { f.disks[0] = disk{"cache", "/c", 0, os.ErrPermission, true} }, well, "cache", Note, "permission", "BCL_CACHE"},
	} {
		f := c.from()
		c.change(&f)
		seen := false
		for _, x := range look(f) {
			if x.State != OK && x.Advice == "" {
				t.Errorf("%s: %s is %s, without advice", c.name, x.What, x.State)
			}
			if x.What != c.what {
				if x.State != OK {
					t.Errorf("%s: %+v", c.name, x)
				}
				continue
			}
			seen = true
			if x.State != c.state || !strings.Contains(x.Found, c.found) || !strings.Contains(x.Advice, c.advice) {
				t.Errorf("%s: %+v", c.name, x)
			}
		}
		if !seen {
			t.Errorf("%s: nothing is said of %s", c.name, c.what)
		}
	}
}

// A program that cannot be loaded is broken, in the loader's words; one that answers is not.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for text, want := range map[string]string{
		"#!/bin/sh\necho '{\"Libtorch\": \"9.9\", \"Threads\": 1, \"JPEG\": \"libjpeg-turbo 1\", \"NoCUDA\": \"none\"}'\n": "",
		"#!/bin/sh\necho \"bcl-train: error while loading shared libraries: libx.so\" >&2\nexit 127\n":                     "libtorch",
	} {
		if err := os.WriteFile(filepath.Join(dir, "bcl-train"), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		f := cli.NewFlags("bcl doctor")
		Flags(f)
		if err := f.Parse([]string{"--json"}); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := Run(f, dir, []string{"bcl-train"}, &out)
		if (err == nil) != (want == "") || err != nil && err.Error() != "broken: "+want {
			t.Errorf("error %v, want %q\n%s", err, want, out.String())
		}
		var list []Finding
		if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list) < 5 {
			t.Errorf("%v: %s", err, out.String())
		}
		if want != "" && !strings.Contains(out.String(), "libx.so") {
			t.Errorf("the loader's message is lost: %s", out.String())
		}
	}
}
