package bcleval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
)

// colours writes train/ and test/ with three classes that differ in colour, which even an
// untrained network distinguishes.
func colours(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for part, n := range map[string]int{"train": 8, "test": 4} {
		for c, rgb := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}} {
			class := filepath.Join(dir, part, fmt.Sprintf("class%d", c))
			if err := os.MkdirAll(class, 0o755); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				m := image.NewRGBA(image.Rect(0, 0, 16, 16))
				for p := range 256 {
					m.Set(p%16, p/16, rgb)
				}
				m.Set(i, i, color.White)
				var buf bytes.Buffer
				if err := png.Encode(&buf, m); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(class, fmt.Sprintf("%d.png", i)), buf.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return dir
}

// trained returns the directory of a short run on data, with more flags.
func trained(t *testing.T, data string, flags ...string) string {
	t.Helper()
	save := t.TempDir()
	var out, errs bytes.Buffer
	args := append([]string{"r", "--data", data, "--save-dir", save, "--model", "resnet10", "--width", "4", "--size", "16",
		"--epochs", "1", "--batch-size", "8", "--lr", "0.01", "--warmup", "0", "--threads", "1"}, flags...)
	code := bcltrain.Main(args, &out, &errs)
	if code != 0 {
		t.Fatal(errs.String())
	}
	return filepath.Join(save, "r")
}

func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestEvaluateRun(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	code, stdout, stderr := call(dir, "--untrained", "--threads", "1", "--json")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var r score.Results
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if r.Epoch != 1 || r.Data != data || r.Probe != 24 || r.Test != 12 || len(r.Rows) != 4 {
		t.Fatalf("results %+v", r)
	}
	for i, want := range []string{"untrained knn", "untrained probe", "trained knn", "trained probe"} {
		row := r.Rows[i]
		if got := row.Network + " " + row.Classifier; got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
		a := row.Accuracy
		if a.Top1 != 100 || a.PerClass[2] != 100 || a.Groups[0].Known() || a.Groups[2].Known() || a.Std.Known() {
			t.Errorf("%s: accuracy %+v, want 100 %%, and no groups of equal classes", want, a)
		}
	}
	if want := "each class has 8 images in the training part of " + data + ", so none is Many, Medium or Few: give"; !strings.Contains(stderr, want) {
		t.Errorf("stderr lacks %q:\n%s", want, stderr)
	}
	code, stdout, stderr = call(filepath.Join(dir, "model.pt"), "--by", "knn", "--threads", "1")
	if code != 0 || !strings.Contains(stdout, "100.00") || strings.Contains(stdout, "probe ") || strings.Contains(stdout, "untrained") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
}

func TestBadInput(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	unlabelled := filepath.Join(data, "train", "class0")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no such run", []string{"/no/such/run"}, 1, "/no/such/run"},
		{"no run named", nil, 2, "one: a run directory"},
		{"unknown device", []string{dir, "--device", "gpu"}, 2, `--device "gpu" is not cpu, cuda, cuda:N or auto`},
		{"unknown classifier", []string{dir, "--by", "tree"}, 2, "tree"},
		{"images without classes", []string{dir, "--data", unlabelled}, 1, "no test images"},
		{"another network", []string{dir, "--width", "8"}, 1, "wrong shape"},
		{"a file that is not a checkpoint", []string{filepath.Join(dir, "log.txt")}, 1, "log.txt"},
		{"no such list", []string{dir, "--probe-list", "/no/list.npy"}, 1, "/no/list.npy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := call(c.args...)
			if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d, want %d; stdout %q; stderr lacks %q:\n%s", code, c.code, stdout, c.want, stderr)
			}
		})
	}
}
