package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// On a narrow terminal the help is wrapped at its width.
func TestHelpIsWrapped(t *testing.T) {
	tty, read := terminal(t, 50)
	fs := NewFlags("bcl-test")
	fs.String("data", "", "`PLACE` of the images, which are many and of any size at all")
	fs.StringSlice("by", []string{"knn", "probe"}, "classifiers that are fitted on the features")
	fs.Bool("untrained", false, "also the network with its initial weights, before any training")
	writeHelp(&output{w: tty}, fs, "Usage: bcl-test\n\nMeasures how good the features of a trained network are, and of no other\none.", false)
	(&Progress{w: tty, terminal: true}).Clear()
	text, _, _ := strings.Cut(strings.ReplaceAll(read(), "\r\n", "\n"), "\r")
	for line := range strings.Lines(text) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 50 {
			t.Errorf("wider than the terminal: %s", line)
		}
	}
	for _, want := range []string{"features of a trained\nnetwork", "\nFlags:\n  --data PLACE             PLACE of the images,\n     ", "  --by LIST  ", "features\n                           (default knn,probe)", "  --untrained  "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

// Names that are near what was typed are told, values are called what they are.
func TestWrongNamesAndValues(t *testing.T) {
	for arg, want := range map[string]string{
		"--batchsize=3": "unknown flag: --batchsize (did you mean batch-size?)",
		"--zzzzzzz":     "unknown flag: --zzzzzzz\n",
		"--lr=fast":     `--lr is "fast", expected a number`,
	} {
		var out, errs bytes.Buffer
		fs, _, _, _, _ := flags()
		if code := Parse(fs, []string{arg}, "usage", &out, &errs); code != Usage || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit code %d, %q, want %q in it", arg, code, errs.String(), want)
		}
	}
	fs, _, _, _, _ := flags()
	if err := ApplyConfig(fs, []byte("batch_sise: 3"), "config c.yaml"); err == nil || err.Error() != `config c.yaml: unknown setting "batch_sise" (did you mean batch-size?)` {
		t.Errorf("error %v", err)
	}
}

// Lists take blanks around the commas, on the command line and in files.
func TestBlanksInLists(t *testing.T) {
	fs := NewFlags("bcl-test")
	by := fs.StringSlice("by", nil, "")
	mean := fs.Float32Slice("mean", nil, "")
	var out, errs bytes.Buffer
	if code := Parse(fs, []string{"--by", " knn, ridge ", "--mean=0.5, 1 ,2"}, "usage", &out, &errs); code >= 0 {
		t.Fatal(errs.String())
	}
	if len(*by) != 2 || (*by)[0] != "knn" || (*by)[1] != "ridge" || len(*mean) != 3 || (*mean)[1] != 1 {
		t.Errorf("by %q, mean %v", *by, *mean)
	}
	fs.Lookup("by").Changed = false
	if err := ApplyConfig(fs, []byte("by: probe, lbfgs"), "c.yaml"); err != nil || len(*by) < 2 || (*by)[len(*by)-1] != "lbfgs" {
		t.Errorf("by %q, error %v", *by, err)
	}
}
