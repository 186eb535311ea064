package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// gpu runs commands on the null GPU.
type gpu struct{ bin, dir, python string }

// run is one command's run.
type run struct {
	code   int
	output string
	took   time.Duration
	counts counts
}

// command prepares a command with variables NAME=VALUE of the null GPU.
func (g *gpu) command(env []string, name string, args ...string) (c *exec.Cmd, output *bytes.Buffer) {
	c = exec.Command(filepath.Join(g.bin, name), args...)
	c.Dir = g.dir
	null := filepath.Join(g.bin, "nullgpu")
	c.Env = append(os.Environ(), append([]string{
		"LD_LIBRARY_PATH=" + null, "LD_PRELOAD=" + filepath.Join(null, "libnullgpu.so"),
		"NULLGPU_COUNTS=" + filepath.Join(g.dir, "counts"),
		"GOMP_SPINCOUNT=100000", // set: the commands do not start themselves again
	}, env...)...)
	output = new(bytes.Buffer)
	c.Stdout, c.Stderr = output, output
	return c, output
}

// do runs a command to its end.
func (g *gpu) do(env []string, name string, args ...string) (r run, err error) {
	os.Remove(filepath.Join(g.dir, "counts"))
	c, output := g.command(env, name, args...)
	start := time.Now()
	if err := c.Run(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			return r, err
		}
	}
	r = run{code: c.ProcessState.ExitCode(), output: output.String(), took: time.Since(start)}
	if r.code == 0 {
		r.counts, err = readCounts(filepath.Join(g.dir, "counts"))
	}
	return r, err
}

// expect runs a command that must end with a code, and say all of words.
func (g *gpu) expect(code int, words []string, env []string, name string, args ...string) (run, error) {
	r, err := g.do(env, name, args...)
	if err != nil {
		return r, err
	}
	if r.code != code {
		return r, fmt.Errorf("%s %s: exit code %d, expected %d:\n%s", name, strings.Join(args, " "), r.code, code, r.output)
	}
	for _, w := range words {
		if !strings.Contains(r.output, w) {
			return r, fmt.Errorf("%s %s: it does not say %q:\n%s", name, strings.Join(args, " "), w, r.output)
		}
	}
	return r, nil
}

// train is a command line of training: 3 steps an epoch, of 495 samples each; --batch-size
// 165 among more makes it 9.
func train(name string, epochs int, more ...string) []string {
	return append([]string{name, "--data", "embedded", "--model", "resnet18", "--batch-size", "495", "--warmup", "0",
		"--epochs", fmt.Sprint(epochs), "--device", "cuda", "--threads", "1"}, more...)
}

const stepsPerEpoch = 3
