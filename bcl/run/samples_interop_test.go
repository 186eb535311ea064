package run

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/quote"
)

// TestInteropPandas runs the snippet of docs/format.md with the Python of $BCL_PYTHON (make
// interop), which needs pandas: names that are hard to read come back, and their losses.
func TestInteropPandas(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make interop sets it")
	}
	d := newDir(t)
	names := []string{"cat/1.png", "NA", "odd \"name\",\n2.png", "007", "-", "Käse 猫 \xe9.jpg"}
	if _, err := d.WriteSamples(len(names), func(row int) (string, string) { return names[row], "null" }); err != nil {
		t.Fatal(err)
	}
	if _, err := d.OpenHistory(len(names), 0); err != nil {
		t.Fatal(err)
	}
	for _, losses := range [][]float32{make([]float32, len(names)), {1, 2, 3, 4, 6, 5}} {
		if err := d.Remember(losses); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := os.ReadFile("../../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	snippet := regexp.MustCompile(`(?m)^    (samples = .*\n)    (samples.*\n)    (print.*\n)`).FindSubmatch(doc)
	if snippet == nil {
		t.Fatal("docs/format.md has no snippet")
	}
	script := "import numpy, pandas\n" + string(bytes.Join(snippet[1:], nil)) +
		"print('|'.join(samples.nlargest(20, 'momentum_loss').name) + '|' + samples['class'][0])\nprint('pandas', pandas.__version__)\n"
	command := exec.Command(python, "-c", script)
	command.Dir = d.File("")
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), strings.Join([]string{names[4], `Käse 猫 \xe9.jpg`, names[3], quote.Escape(names[2]), names[1], names[0], "null"}, "|")) {
		t.Errorf("%v\n%s\n%s", err, script, out)
	}
	t.Logf("%s", out)
}
