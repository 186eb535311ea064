package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

type scenario struct {
	name string
	run  func(g *gpu) error
}

var scenarios = []scenario{
	{"train, resume and evaluate", life},
	{"SIGTERM ends within 5 s, and the run resumes", signalled},
	{"device and precision of themselves", automatic},
	{"out of memory is said", outOfMemory},
	{"the second of two devices", second},
	{"no device", none},
	{"a device that fails", failing},
	{"a loss that is not finite", notFinite},
	{"steps that are no graphs", noGraphs},
	{"saving within an epoch", within},
	{"NVRTC compiles the kernels", kernels},
	{"the acceptance kit", kit},
}

func life(g *gpu) error {
	if _, err := g.expect(0, []string{"on cuda:0", "done in"}, nil, "bcl-train", train("life", 2)...); err != nil {
		return err
	}
	if _, err := g.expect(0, []string{"resuming at epoch 3"}, nil, "bcl-train", "life", "--resume", "--epochs", "3", "--allow-change", "epochs"); err != nil {
		return err
	}
	_, err := g.expect(0, []string{"knn", "probe"}, nil, "bcl-eval", "runs/life", "--device", "cuda", "--probe-epochs", "3")
	return err
}

func signalled(g *gpu) error {
	c, output := g.command(nil, "bcl-train", train("signalled", 100000)...)
	if err := c.Start(); err != nil {
		return err
	}
	metrics := filepath.Join(g.dir, "runs", "signalled", "metrics.jsonl")
	for i := 0; ; i++ {
		if info, err := os.Stat(metrics); err == nil && info.Size() > 0 {
			break
		}
		if i > 600 {
			c.Process.Kill()
			c.Wait()
			return fmt.Errorf("no epoch within a minute:\n%s", output)
		}
		time.Sleep(100 * time.Millisecond)
	}
	start := time.Now()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	late := time.AfterFunc(10*time.Second, func() { c.Process.Kill() })
	c.Wait()
	late.Stop()
	if code := c.ProcessState.ExitCode(); code != 143 {
		return fmt.Errorf("exit code %d, expected 143:\n%s", code, output)
	}
	if took := time.Since(start); took > 5*time.Second {
		return fmt.Errorf("it took %v", took)
	}
	// It goes on where it was, here to an end that is near.
	text, err := os.ReadFile(metrics)
	if err != nil {
		return err
	}
	epochs := strings.Count(string(text), "\n") + 1
	_, err = g.expect(0, []string{"resuming at"}, nil, "bcl-train", "signalled", "--resume", "--epochs", fmt.Sprint(epochs), "--allow-change", "epochs")
	return err
}

// By default a GPU is used if there is one, and bf16 with --precision auto; a run of a GPU
// is not resumed on the CPU without a word.
func automatic(g *gpu) error {
	args := append(train("auto", 1), "--device", "auto", "--precision", "auto")
	if _, err := g.expect(0, []string{"on cuda:0", "--precision auto is bf16: compute capability 9.0"}, nil, "bcl-train", args...); err != nil {
		return err
	}
	_, err := g.expect(1, []string{"--device cpu --allow-change device"}, []string{"NULLGPU_DEVICES=0"}, "bcl-train", "auto", "--resume", "--epochs", "2", "--allow-change", "epochs")
	return err
}

func outOfMemory(g *gpu) error {
	_, err := g.expect(1, []string{"epoch 1, step 1", "CUDA out of memory"}, []string{"NULLGPU_MEMORY=268435456"}, "bcl-train", train("small", 1)...)
	return err
}

func second(g *gpu) error {
	two := []string{"NULLGPU_DEVICES=2"}
	r, err := g.expect(0, []string{"on cuda:1"}, two, "bcl-train", append(train("second", 2), "--device", "cuda:1")...)
	if err != nil {
		return err
	}
	// Once for each thread, not for each operator.
	if n := r.counts.of(deviceChanges); n > 20 {
		return fmt.Errorf("%d changes of device in %d steps", n, 2*stepsPerEpoch)
	}
	_, err = g.expect(1, []string{"this machine has 2 GPU(s)"}, two, "bcl-train", append(train("third", 1), "--device", "cuda:2")...)
	return err
}

func none(g *gpu) error {
	_, err := g.expect(1, []string{"CUDA not available", "No CUDA GPUs"}, []string{"NULLGPU_DEVICES=0"}, "bcl-train", train("none", 1)...)
	return err
}

// The first error stays, with epoch and step, whatever fails because of it.
var inStep = regexp.MustCompile(`bcl-train: epoch \d+, step \d+: (.*)`)

func failing(g *gpu) error {
	// In a step by operators, and in one that is a graph.
	for i, launches := range []string{"300", "900"} {
		r, err := g.expect(1, []string{"an illegal memory access"}, []string{"NULLGPU_FAIL=" + launches}, "bcl-train", train(fmt.Sprint("failing-", i), 1000)...)
		if err != nil {
			return err
		}
		found := inStep.FindStringSubmatch(r.output)
		if found == nil || strings.HasPrefix(found[1], "_foreach_copy_") {
			return errors.New("it does not say first in which step what failed:\n" + r.output)
		}
	}
	return nil
}

// The losses of a step come when later ones have begun; the error is still that of the step.
// Three steps and the first checkpoint fetch 5 times, then each step does once.
func notFinite(g *gpu) error {
	for i, step := range []string{"epoch 1, step 2: the loss of sample ", "epoch 2, step 5: the loss of sample "} {
		nan := fmt.Sprint("NULLGPU_NAN=", 1+5*i)
		if _, err := g.expect(1, []string{step, "is NaN at learning rate"}, []string{nan}, "bcl-train", train(fmt.Sprint("nan-", i), 3)...); err != nil {
			return err
		}
	}
	return nil
}

// Where steps cannot be captured it says why, if nobody asked for that.
func noGraphs(g *gpu) error {
	for i, c := range []struct {
		flags, env []string
		says       string
	}{
		{nil, []string{"NULLGPU_CAPTURE=fail"}, "would be faster: capture: CUDA error"},
		{[]string{"--harmonize", "--harmonize-from", "2"}, nil, "would be faster: Geometric Harmonization"},
		{[]string{"--temperature-schedule", "cosine"}, nil, "would be faster: the temperature"},
		{[]string{"--cuda-graph=false"}, nil, "done in"},
	} {
		r, err := g.expect(0, []string{c.says, "done in"}, c.env, "bcl-train", append(train(fmt.Sprint("eager-", i), 3), c.flags...)...)
		if err != nil {
			return err
		}
		if n := r.counts.of(graphs); n != 0 {
			return fmt.Errorf("%v %v: %d launches of graphs", c.env, c.flags, n)
		}
	}
	return nil
}

// A save within an epoch lets the steps that have begun end, and comes before the next.
func within(g *gpu) error {
	const epochs = 60
	args := append(train("within", epochs), "--batch-size", "165", "--save-minutes", "0.00001")
	r, err := g.expect(0, []string{"done in"}, nil, "bcl-train", args...)
	if err != nil {
		return err
	}
	// A step copies to the host once, a save twice. One is at the end of the first epoch, one at
	// that of the last, and one may be among the first steps.
	if saves := (r.counts.of(toHost) - epochs*3*stepsPerEpoch) / 2; saves < 4 {
		return fmt.Errorf("%d saves in %d epochs", saves, epochs)
	}
	return nil
}
