package bcltrain

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/run"
)

// resolved returns a run's config.yaml.
func resolved(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(run.File(dir, run.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every method trains, its defaults are in config.yaml, and the history has a row per
// epoch.
func TestMethodsTrain(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	for _, m := range method.All() {
		args := tiny(data, save, "--method", string(m))
		args[0] = string(m)
		if m.Traits().Objective == method.KeyQueue {
			args = append(args, "--moco-k", "16")
		}
		if code, _, stderr := call(args...); code != 0 {
			t.Errorf("%s: exit code %d: %s", m, code, stderr)
			continue
		}
		dir := filepath.Join(save, string(m))
		decay, k := "weight-decay: 0.0005\n", "rand-k: 1\n"
		if m.Traits().Objective != method.OneNetwork {
			decay = "weight-decay: 0.0001\n"
			if m.Boosted() && m.Traits().Objective == method.PrunedBranch {
				k = "rand-k: 2\n"
			}
		}
		if c := resolved(t, dir); !strings.Contains(c, decay) || !strings.Contains(c, k) {
			t.Errorf("%s: config without %q or %q:\n%s", m, decay, k, c)
		}
		c, err := checkpoint.Load(run.File(dir, run.CheckpointFile))
		if err != nil {
			t.Fatal(err)
		}
		want := m.Traits().Objective
		if want == method.KeyQueue { // which evaluates, and writes, the network of SimCLR
			want = method.OneNetwork
		}
		if c.Kind().Name != want {
			t.Errorf("%s: the checkpoint's method is %s", m, c.Kind().Name)
		}
		rows, err := run.History(dir)
		if err != nil || len(rows) != 2 || len(rows[0]) != 9 || !(rows[1][8] > 0) || math.IsInf(float64(rows[1][8]), 0) {
			t.Errorf("%s: history %v, error %v", m, rows, err)
		}
	}
}

// Flags and files override the defaults of the method.
func TestDefaultsOfMethodGiveWay(t *testing.T) {
	data, save := folder(t, 6), t.TempDir()
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeFile(t, config, []byte("weight_decay: 0.25\n"))
	args := tiny(data, save, "--method", "bcl-d", "--rand_k", "3", "--config", config, "--epochs", "1")
	if code, _, stderr := call(args...); code != 0 {
		t.Fatal(stderr)
	}
	dir := filepath.Join(save, "t")
	if c := resolved(t, dir); !strings.Contains(c, "weight-decay: 0.25\n") || !strings.Contains(c, "rand-k: 3\n") {
		t.Errorf("config:\n%s", c)
	}
	// The resolved file has all settings, so none are set by the method; this is logged.
	again := tiny(data, save, "--config", run.File(dir, run.ConfigFile), "--method", "BCL_I", "--epochs", "1")
	again[0] = "again"
	code, _, stderr := call(again...)
	if code != 0 || !strings.Contains(stderr, "rand-k is 3, by --config; the one of bcl-i is 1\n") ||
		!strings.Contains(stderr, "weight-decay is 0.25, by --config; the one of bcl-i is 0.0005\n") {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	if c := resolved(t, filepath.Join(save, "again")); !strings.Contains(c, "weight-decay: 0.25\n") || !strings.Contains(c, "method: bcl-i\n") {
		t.Errorf("config:\n%s", c)
	}
}

func TestOptionsTakeEffect(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	trained := func(name string, more ...string) []byte {
		args := tiny(data, save, append([]string{"--method", "bcl-d"}, more...)...)
		args[0] = name
		if code, _, stderr := call(args...); code != 0 {
			t.Fatalf("%s: %s", name, stderr)
		}
		return weightsOf(t, filepath.Join(save, name))
	}
	plain := trained("plain")
	for name, more := range map[string][]string{
		"schedule":     {"--temperature-schedule", "cosine"},
		"reweight":     {"--reweight-positives"},
		"lotar":        {"--reweight-positives=lotar"},
		"focal":        {"--loss", "focal"},
		"hard":         {"--loss", "hard-negative", "--loss-beta", "0.5"},
		"dcl":          {"--loss", "dcl"},
		"rwsam":        {"--rwsam", "--rwsam-rho", "2"},
		"resample":     {"--resample", "colt", "--resample-ratio", "30"},
		"floor":        {"--no-floor"},
		"prune":        {"--prune-percent", "0.5"},
		"random-prune": {"--random_prune_percent", "0.3"},
		"views":        {"--views", "simclr"},
		"min-scale":    {"--min-scale", "0.5"},
		"jitter":       {"--jitter-strength", "0.5"},
		"grey":         {"--grey-prob", "1"},
		"blur":         {"--blur-prob", "1"},
	} {
		if bytes.Equal(trained(name, more...), plain) {
			t.Errorf("%v changes nothing", more)
		}
	}
}

func TestBadMethodSettings(t *testing.T) {
	data := folder(t, 6)
	for want, more := range map[string][]string{
		"bcl-d-shuffled":         {"--method", "byol"},
		"prune-percent is 1,":    {"--method", "sdclr", "--prune-percent", "1"},
		"random-prune-percent":   {"--method", "sdclr", "--random-prune-percent", "0.95"},
		"LOW,HIGH,PERIOD":        {"--temperature-schedule", "0.1,1"},
		"expected far or lotar":  {"--reweight-positives=near"},
		`--loss is "triplet", e`: {"--loss", "triplet"},
		"--loss-tau-plus is 1,":  {"--loss", "hard-negative", "--loss-tau-plus", "1"},
		"rand-k is 0":            {"--method", "bcl-d", "--rand-k", "0"},
		"rand-strength is 31":    {"--rand-strength", "31"},
		"expected 10 to 30: wit": {"--rand-strength", "5"},
		"expected 5 to 30: with": {"--method", "bcl-d", "--rand-strength", "4"},
		"momentum-loss-beta is ": {"--momentum-loss-beta", "1"},
		"--batch-size is 1, exp": {"--batch-size", "1"},
		"--harmonize-classes is": {"--harmonize", "--harmonize-classes", "200"},
		"--random-prune-percent": {"--method", "sdclr", "--random-prune-percent", "0.95"},
		"--rand-strength is 9, ": {"--rand-strength", "9"},

		"--rand-k does nothing with --method simclr":           {"--method", "simclr", "--rand-k", "2"},
		"--no-floor does nothing with --method sdclr":          {"--method", "sdclr", "--no-floor"},
		"--prune-percent does nothing with --method bcl-i":     {"--prune-percent", "0.5"},
		"--resample-ratio does nothing without --resample":     {"--resample-ratio", "2"},
		"--resample is \"purity\", expected one of loss, alig": {"--resample", "purity"},
		"--resample-ratio is 2000, expected 0.001 to 1000":     {"--resample", "density", "--resample-ratio", "2000"},
		"--moco-k does nothing with --method bcl-i":            {"--moco-k", "64"},
		"--moco-k is 2, expected at least the":                 {"--method", "moco", "--moco-k", "2"},
		"--loss is \"dcl\", expected nt-xent with moco, whose": {"--method", "moco", "--loss", "dcl", "--moco-k", "64"},
		"--loss-gamma does nothing without --loss=focal":       {"--loss-gamma", "3"},
		"--temperature does nothing with --temperature-schedu": {"--temperature", "0.5", "--temperature-schedule", "cosine"},
	} {
		save := t.TempDir()
		code, stdout, stderr := call(tiny(data, save, more...)...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, stderr lacks %q:\n%s", more, code, want, stderr)
		}
		if left, _ := os.ReadDir(save); len(left) > 0 {
			t.Errorf("%v leaves %v", more, left)
		}
	}
}
