package bcleval

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// embedded runs bcl-eval embed, which must end with a code.
func embedded(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := Main(append([]string{"embed"}, args...), &out, &errs); got != code {
		t.Fatalf("%v: exit code %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String(), errs.String()
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEmbed(t *testing.T) {
	data := colours(t)
	r := trained(t, data)
	out := filepath.Join(t.TempDir(), "f")
	args := []string{r, "--out", out, "--layers", "features,projection,layer1", "--batch-size", "8", "--threads", "1", "--format", "csv,parquet,safetensors"}
	stdout, stderr := embedded(t, 0, args...)
	if !strings.Contains(stdout, "features.npy: 24 x 32, float32") || !strings.Contains(stderr, "rows are those of the run's samples.csv") {
		t.Errorf("%s\n%s", stdout, stderr)
	}
	if read(t, out, "samples.csv") != read(t, r, "samples.csv") {
		t.Error("samples.csv is not that of the run")
	}
	for _, f := range features.Formats() {
		if _, err := os.Stat(filepath.Join(out, "features."+f)); err != nil {
			t.Error(err)
		}
	}
	want := read(t, out, "projection.npy")
	if _, stderr := embedded(t, 0, args...); !strings.Contains(stderr, "is complete") {
		t.Errorf("twice: %s", stderr)
	}
	// As an interrupted one leaves it, in the middle of the second batch of one layer.
	info := strings.Replace(read(t, out, "features.json"), `"complete": true`, `"complete": false`, 1)
	if err := os.WriteFile(filepath.Join(out, "features.json"), []byte(info), 0o644); err != nil {
		t.Fatal(err)
	}
	for layer, rows := range map[string]int{"features": 13, "projection": 16, "layer1": 24} {
		path := filepath.Join(out, layer+".npy")
		a, err := npy.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		row := len(a.Data) / 24
		a.Shape[0], a.Data = rows, a.Data[:rows*row]
		var b bytes.Buffer
		if err := npy.Write(&b, a); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".part", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, stderr := embedded(t, 0, args...); !strings.Contains(stderr, "continuing at image 9 of 24") {
		t.Errorf("interrupted: %s", stderr)
	}
	if read(t, out, "projection.npy") != want {
		t.Error("interrupted: the projection differs")
	}
	if _, stderr := embedded(t, 1, append(args, "--normalize")...); !strings.Contains(stderr, "normalize: false, not true") || !strings.Contains(stderr, "--force") {
		t.Errorf("other features: %s", stderr)
	}
	embedded(t, 0, append(args, "--normalize", "--dtype", "float16", "--force")...)
	if a, err := npy.ReadFile(filepath.Join(out, "features.npy")); err != nil || a.DType.String() != "float16" {
		t.Errorf("%v, %v", a, err)
	}
}

// Images without labels, of another place, by a foreign backbone.
func TestEmbedUnlabelled(t *testing.T) {
	r := trained(t, colours(t))
	flat := t.TempDir()
	for i, name := range []string{"b.png", "a.png", "sub c.png"} {
		if err := os.WriteFile(filepath.Join(flat, name), []byte(read(t, colours(t), "test", "class1", []string{"0.png", "1.png", "2.png"}[i])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "f")
	embedded(t, 0, r, "--out", out, "--data", flat)
	if text := read(t, out, "samples.csv"); text != "row,name,class\n0,a.png,\n1,b.png,\n2,sub c.png,\n" {
		t.Errorf("%q", text)
	}
	if _, err := os.Stat(filepath.Join(out, features.LabelsFile)); err == nil {
		t.Error("labels of images without")
	}
}

func TestEmbedUsage(t *testing.T) {
	r := trained(t, colours(t))
	out := filepath.Join(t.TempDir(), "f")
	for words, args := range map[string][]string{
		"--out is missing":       {r},
		"0 arguments":            {"--out", out},
		`--part is "valid"`:      {r, "--out", out, "--part", "valid"},
		`--dtype is "int8"`:      {r, "--out", out, "--dtype", "int8"},
		`"xlsx" is not among`:    {r, "--out", out, "--format", "xlsx"},
		`layer "layer9"`:         {r, "--out", out, "--layers", "layer9"},
		"unknown flag: --outdir": {r, "--outdir", out},
	} {
		if _, stderr := embedded(t, 2, args...); !strings.Contains(stderr, words) {
			t.Errorf("%v: %s", args, stderr)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a wrong command left a folder")
	}
	stdout, _ := embedded(t, 0, "--help")
	if !strings.Contains(stdout, "bcl-eval embed RUN --out DIR") {
		t.Error(stdout)
	}
}
