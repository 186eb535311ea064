package bclrepro

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// fakeFlags reads NAME --flag=value ...
func fakeFlags(args []string) map[string]string {
	flags := map[string]string{"name": args[0]}
	for _, a := range args[1:] {
		name, value, _ := strings.Cut(strings.TrimPrefix(a, "--"), "=")
		flags[name] = value
	}
	return flags
}

// fakeCheckpoint replaces the checkpoint after some epochs, for readers that do not load
// it.
func fakeCheckpoint(dir string, flags map[string]string, epochs int) error {
	var config strings.Builder
	for name, value := range flags {
		fmt.Fprintf(&config, "%s: %s\n", name, strconv.Quote(value))
	}
	for name, text := range map[string]string{
		"config.yaml": config.String(), "environment.json": `{"bcl": "fake", "libtorch": "none", "device": "cpu"}`,
		"metrics.jsonl": strings.Repeat(`{"seconds": 2}`+"\n", epochs),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	bcl := serialize.NewDict("format", run.Format, "position", serialize.NewDict("epoch", epochs+1, "batch", 0, "step", 10*epochs))
	tree := serialize.NewDict("epoch", epochs, "seed", flags["seed"], "bcl", bcl)
	return atomicfile.WriteFile(filepath.Join(dir, run.CheckpointFile), func(w io.Writer) error { return serialize.WriteSummed(w, tree) })
}

// fakeTrain imitates bcl-train without training. Seed 13 fails. Seed 14 saves after an
// epoch and waits for a signal, but finishes the second time.
func fakeTrain(args []string) int {
	flags := fakeFlags(args)
	dir := filepath.Join(flags["save-dir"], flags["name"])
	_, err := os.Stat(filepath.Join(dir, "model.pt"))
	there := err == nil
	epochs, _ := strconv.Atoi(flags["epochs"])
	wait := false
	switch {
	case flags["seed"] == "13":
		fmt.Fprintln(os.Stderr, "fake: no more luck")
		return 1
	case flags["seed"] == "14" && !there:
		epochs, wait = 1, true
	case there:
		fmt.Fprintln(os.Stderr, "fake: resuming")
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := fakeCheckpoint(dir, flags, epochs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if wait {
		s := <-signals
		fmt.Fprintln(os.Stderr, "fake: saved after", s)
		return 128 + int(s.(syscall.Signal))
	}
	return 0
}

// fakeEval reports a probe accuracy equal to the seed, in percent, and 1 more for kNN.
func fakeEval(args []string) int {
	_, seed, _ := strings.Cut(args[0], "-")
	fmt.Printf(`{"epoch": 2, "rows": [{"network": "trained", "classifier": "probe", "accuracy": {"top1": %s, "groups": [1, 2, null], "std": 0.5}},
		{"network": "trained", "classifier": "knn", "accuracy": {"top1": %s.5}}], "tail_discovery": [{"few_auc": 0.25}]}`, seed, seed)
	return 0
}

// fakePlan writes a preset for the fakes, and returns the arguments that run it and
// the folder of its runs.
func fakePlan(t *testing.T, seeds string, more ...string) (args []string, runs string) {
	t.Helper()
	t.Setenv(fakeEnv, "1")
	dir := t.TempDir()
	preset := writeFile(t, filepath.Join(dir, "fake.yaml"), fmt.Sprintf(`
name: fake
seeds: %s
methods: [{method: simclr}]
train: {epochs: 2, lr: 0.1}
parts:
  - {name: p, data: embedded, protocols: [{name: full-shot}], published: [{method: simclr, top1: {full-shot: 10}}]}
`, seeds))
	args = append([]string{preset, "--bin", bin(t), "--out", filepath.Join(dir, "out"), "--devices", "cpu"}, more...)
	return args, filepath.Join(dir, "out/p/all")
}
