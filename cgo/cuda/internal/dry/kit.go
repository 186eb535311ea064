package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// stage is one of the acceptance kit's in its kit.json.
type stage struct {
	What     string
	Required *bool
	Status   string
	Why      *string
	Seconds  *float64
	Checks   map[string]struct{ Result, Detail string }
	Figures  map[string]any
}

// accepted is a kit.json.
type accepted struct {
	Kit                             int
	Started, Device, Torch, Program string
	Seconds                         float64
	Finished                        bool
	Exit                            *int
	Stages                          map[string]stage
}

// found are what the stages must have found: figures, or checks.
var found = map[string][]string{
	"s00_data":     {"train", "test", "tail"},
	"s01_machine":  {"torch", "device", "nvidia_smi", "cores"},
	"s02_load":     {"libraries", "libcudnn is the wheel's", "NVRTC compiles", "NVRTC's kernel runs"},
	"s03_ceilings": {"TFLOP/s, product of 8192^3, bf16", "GB/s, 3 MB from pinned memory"},
	"s04_tests":    {"torch", "train"},
	"s05_parity":   {"bcl-i, cifar stem, 1 step: losses", "bcl-d, imagenet stem, 1 step: momentum", "bcl-i, imagenet stem, 1 step, bf16", "bcl-d, cifar stem, 10 steps: weights"},
	"s06_layout":   {"tensors in it", "kernels, 8 channels"},
	"s07_repeat":   {"bf16", "fp32", "SHA-256, bf16"},
	"s08_signals":  {"SIGTERM: exit code", "SIGTERM: time", "SIGTERM: the same bytes", "kill -9: the same bytes"},
	"s09_graph":    nil,
	"s10_speed":    {"bcl-i, bf16, 8 workers", "bcl-d, bf16, 8 workers"},
	"s11_peer":     {"PyTorch, eager", "PyTorch, graph", "PyTorch, compiled", "ratio"},
	"s12_memory":   {"GiB, bcl-train", "49,152 samples a step: said", "a run after it"},
	"s13_evaluate": {"top-1, cuda", "knn", "probe", "ridge", "lbfgs"},
	"s14_soak":     {"epochs", "memory is flat"},
}

// kit rehearses the acceptance kit: on the null GPU every stage runs and what is about
// numbers is not shown; without a GPU every stage says so.
func kit(g *gpu) error {
	if err := g.kit("no device", 1, "none", []string{"NULLGPU_DEVICES=0"}, noDevice); err != nil {
		return err
	}
	if out, err := exec.Command(g.python, "-c", "import torch; print(torch.__version__)").CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "2.11.0+cu130" {
		fmt.Printf("     the kit was not rehearsed beyond \"no device\": %s has no torch 2.11.0+cu130: make gpu-dry PYTHON=/path/to/python\n", g.python)
		return nil
	}
	return g.kit("rehearsal", 0, "null GPU", nil, rehearsed)
}

func (g *gpu) kit(name string, code int, device string, env []string, judge func(name string, s stage) error) error {
	out := filepath.Join(g.dir, "kit", name)
	c, output := g.command(append([]string{"PYTHON=" + g.python, "PYTHONDONTWRITEBYTECODE=1"}, env...), "bcl-gpu/run.sh", out)
	if err := c.Run(); err != nil {
		if _, ended := errors.AsType[*exec.ExitError](err); !ended {
			return err
		}
	}
	if got := c.ProcessState.ExitCode(); got != code {
		return fmt.Errorf("exit code %d, expected %d:\n%s", got, code, output)
	}
	text, err := os.ReadFile(filepath.Join(out, "kit.json"))
	if err != nil {
		return err
	}
	var a accepted
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	if a.Kit != 1 || a.Started == "" || a.Device != device || a.Program == "" || a.Seconds <= 0 || !a.Finished || a.Exit == nil || *a.Exit != code {
		return fmt.Errorf("kit.json: %+v", a)
	}
	if names, want := slices.Sorted(maps.Keys(a.Stages)), slices.Sorted(maps.Keys(found)); !slices.Equal(names, want) {
		return fmt.Errorf("stages %v, expected %v", names, want)
	}
	for stage, s := range a.Stages {
		if s.What == "" || s.Required == nil || s.Why == nil || s.Seconds == nil || s.Checks == nil || s.Figures == nil {
			return fmt.Errorf("%s: a key is missing: %+v", stage, s)
		}
		if err := judge(stage, s); err != nil {
			return fmt.Errorf("%s: %w\n%s", stage, err, output)
		}
	}
	return nil
}

func noDevice(_ string, s stage) error {
	if s.Status != "no device" || *s.Why == "" {
		return fmt.Errorf("status %s (%s), expected no device", s.Status, *s.Why)
	}
	return nil
}

func rehearsed(name string, s stage) error {
	// Where a GPU computes nothing, what is about numbers is not shown.
	if may := []string{"pass", "recorded", "not shown", "skipped"}; !slices.Contains(may, s.Status) {
		return fmt.Errorf("status %s (%s), expected one of %v", s.Status, *s.Why, may)
	}
	if s.Status == "skipped" && (name != "s09_graph" || *s.Why == "") {
		return fmt.Errorf("skipped: %s", *s.Why)
	}
	for _, key := range found[name] {
		_, figure := s.Figures[key]
		_, check := s.Checks[key]
		if !figure && !check {
			return fmt.Errorf("neither a figure nor a check %q: %+v", key, s)
		}
	}
	return nil
}
