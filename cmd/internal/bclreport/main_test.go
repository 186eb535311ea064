package bclreport

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
)

// trained trains a tiny run of a 20th of the embedded images, and returns its folder.
func trained(t *testing.T, save, name string, more ...string) string {
	t.Helper()
	list := filepath.Join(save, "some.npy")
	if _, err := os.Stat(list); err != nil {
		var some []int
		for i := 0; i < 1485; i += 20 {
			some = append(some, i)
		}
		if err := dataset.WriteIndexList(list, some); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	args := append([]string{name, "--data", "embedded", "--train-split", list, "--save-dir", save, "--model", "resnet10", "--width", "2", "--size", "8",
		"--epochs", "2", "--batch-size", "32", "--warmup", "0", "--threads", "1", "--method", "bcl-i"}, more...)
	if code := bcltrain.Main(args, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return filepath.Join(save, name)
}

func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(args, &out, &errs)
	return code, out.String(), errs.String()
}

// A run's page has images and features, several runs are compared, and where the images are
// not those of the run the page is made without.
func TestPages(t *testing.T) {
	save := t.TempDir()
	a, b := trained(t, save, "a"), trained(t, save, "b", "--method", "sdclr")
	code, stdout, stderr := call(a, "--threads", "1", "--projector", filepath.Join(save, "projector"))
	if code != 0 || stdout != run.File(a, run.ReportFile)+"\n" {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	text := read(t, run.File(a, run.ReportFile))
	for _, want := range []string{"Most boosted", "Views by weight", "data-map", "Likely duplicates", "effective rank", "alignment", "Classes that are confused"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if rows := strings.Count(read(t, filepath.Join(save, "projector", "metadata.tsv")), "\n"); rows != 75+1 {
		t.Errorf("%d lines of metadata", rows)
	}
	if rows := strings.Count(read(t, filepath.Join(save, "projector", "tensors.tsv")), "\n"); rows != 75 {
		t.Errorf("%d vectors", rows)
	}

	both := filepath.Join(save, "both.html")
	if code, _, stderr = call(a, b, "--out", both, "--threads", "1"); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if text := read(t, both); !strings.Contains(text, "What differs") || !strings.Contains(text, "Most boosted · b") || !strings.Contains(text, "sdclr makes the views of all images alike") {
		t.Error("the page of two runs lacks parts")
	}
	if code, _, stderr = call(a, b, "--out", both); code != 1 || !strings.Contains(stderr, "--force replaces it") {
		t.Errorf("an existing file: exit code %d, %s", code, stderr)
	}
	if code, _, stderr = call(a, b, "--out", run.File(b, run.LogFile), "--force"); code != 1 || !strings.Contains(stderr, "is a file of a run") {
		t.Errorf("a file of a run: exit code %d, %s", code, stderr)
	}
	if code, _, stderr = call(a, "--folder-only"); code != 0 || strings.Contains(read(t, run.File(a, run.ReportFile)), "Most boosted") {
		t.Errorf("--folder-only: exit code %d, %s", code, stderr)
	}

	// A device that was asked for and is not there is no page without features.
	if code, stdout, stderr = call(a, "--device", "cuda:99"); code != 1 || stdout != "" || !strings.Contains(stderr, "cuda:99") {
		t.Errorf("--device cuda:99: exit code %d, %s%s", code, stdout, stderr)
	}

	// A momentum file of other samples, and metrics that are damaged, are said; the rest is shown.
	for _, name := range []string{run.HistoryFile, run.MetricsFile, run.SamplesFile} {
		if err := os.WriteFile(run.File(b, name), []byte("damaged\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr = call(b, "--threads", "1"); code != 0 || !strings.Contains(read(t, run.File(b, run.ReportFile)), name) {
			t.Errorf("%s is damaged: exit code %d, %s", name, code, stderr)
		}
	}

	// The list is gone, and so are the images.
	if err := os.Remove(filepath.Join(save, "some.npy")); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr = call(a); code != 0 || !strings.Contains(stderr, "no galleries") || !strings.Contains(read(t, run.File(a, run.ReportFile)), "the images could not be opened") {
		t.Errorf("without images: exit code %d, %s", code, stderr)
	}
	if code, _, stderr = call(a, "--data", "embedded"); code != 1 {
		t.Errorf("--data without its list: exit code %d, %s", code, stderr)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestUsage(t *testing.T) {
	for line, want := range map[string]string{
		"":                               "0 arguments",
		"a b c d e f g":                  "7 arguments",
		"a --points 2":                   "--points is 2",
		"a b --projector x":              "--projector is for one run",
		"a --folder-only --data x":       "do nothing with --folder-only",
		"a --folder-only --device cpu":   "do nothing with --folder-only",
		"a b a/ --folder-only":           "a and a/ are one run",
		"a --threads -1":                 "--threads is -1",
		"nowhere --folder-only":          "is not a run folder",
		"nowhere --out " + t.TempDir():   "is a folder",
		"nowhere --out nowhere/x/y.html": "is not a run folder",
	} {
		code, stdout, stderr := call(strings.Fields(line)...)
		if code == 0 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, %s, want %q", line, code, stderr, want)
		}
	}
	if code, stdout, _ := call("--help"); code != 0 || !strings.Contains(stdout, "--folder-only") {
		t.Errorf("help: exit code %d, %s", code, stdout)
	}
}
