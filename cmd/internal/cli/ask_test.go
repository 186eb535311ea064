package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// probe is a command with one flag of each kind.
func probe() *pflag.FlagSet {
	f := NewFlags("bcl-probe")
	f.String("method", "simclr", "the `METHOD`")
	f.StringSlice("by", []string{"knn"}, "classifiers")
	f.String("data", "", "`PLACE` of the images")
	f.String("config", "", "YAML `FILE`")
	f.String("list", "", "a `FILE.npy`")
	f.Bool("quick", false, "less work")
	f.Int("epochs", 5, "how many")
	f.Float64("lr", 0.5, "learning rate")
	f.String("resume", "", "go on, with =`PATH` from there")
	f.Lookup("resume").NoOptDefVal = "newest"
	f.Bool("secret", false, "")
	f.MarkHidden("secret")
	f.BoolP("help", "h", false, "show this help")
	Values(f, "method", "simclr", "bcl-i", "bcl-d")
	Values(f, "by", "knn", "probe")
	Examples(f, "data", "embedded")
	Arguments(f, "small", "large")
	return f
}

func probeMain(args []string, stdout, stderr io.Writer) int {
	code := Parse(probe(), args, "Usage: bcl-probe NAME\n\nTries .things.\n\n.a line\n\n  bcl-probe 'x' \\\n      --quick", stdout, stderr)
	if code >= 0 {
		return code
	}
	panic("a question made the command work")
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"--met", "--method :none"},
		{"--method ", "simclr bcl-i bcl-d :none"},
		{"--method bcl", "bcl-i bcl-d :none"},
		{"--method=bcl-d", "--method=bcl-d :none"},
		{"--method = bcl-d", "bcl-d :none"}, // bash
		{"--method =", "simclr bcl-i bcl-d :none"},
		{"--by knn,p", "knn,probe :none"},
		{"--by=knn,", "--by=knn,knn --by=knn,probe :none"},
		{"--data ", "embedded :dir"},
		{"--data x", ":dir"},
		{"--config ", ":file"},
		{"--list ", ":file"},
		{"--epochs ", ":none"},
		{"--quick ", "small large :file"}, // it takes no value
		{"--quick=", "--quick=true --quick=false :none"},
		{"--resume --met", "--method :none"},
		{"--resume=", ":file"},
		{"s", "small :file"},
		{"", "small large :file"},
		{"-- --met", ":file"},
		{"--secr", ":none"},
		{"--nothing ", "small large :file"},
		{"--nothing=", ":none"},
	} {
		var out, errs bytes.Buffer
		words := strings.Split(c.words, " ")
		code := Ask(Complete, probeMain, words, &out, &errs)
		var got []string
		for line := range strings.Lines(out.String()) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, word)
		}
		if code != OK || errs.Len() > 0 || strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, want %s; code %d, %s", c.words, got, c.want, code, errs.String())
		}
	}
}

func TestCompleteSubCommands(t *testing.T) {
	commands := map[string]int{"inspect": 1, "split": 2}
	for words, want := range map[string]string{"": "inspect\nsplit\n:none\n", "s": "split\n:none\n", "none x": ":none\n", "split --x": ""} {
		var out bytes.Buffer
		chosen := 0
		code := Ask(Complete, func(args []string, stdout, stderr io.Writer) (code int) {
			chosen, code = Choose("bcl-x", "usage", "inspect and split", commands, nil, args, stdout, stderr)
			return code
		}, strings.Split(words, " "), &out, io.Discard)
		if out.String() != want || (code == -1) != (chosen == 2) || (chosen == 2) != (words == "split --x") {
			t.Errorf("%q: %q, want %q; chosen %d, code %d", words, out.String(), want, chosen, code)
		}
	}
}

func TestManPage(t *testing.T) {
	var out bytes.Buffer
	if code := Ask(Man, probeMain, []string{"tries things"}, &out, &out); code != OK {
		t.Fatal(out.String())
	}
	for _, want := range []string{".TH BCL\\-PROBE 1 ", "bcl\\-probe \\- tries things\n", "\n\\&.a line\n", ".nf\n  bcl\\-probe \\(aqx\\(aq \\e\n", ".TP\n.B \\-\\-method METHOD\nthe METHOD (default simclr)\n", ".B \\-h, \\-\\-help\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Error("a hidden flag is shown")
	}
}

func TestSchema(t *testing.T) {
	var out bytes.Buffer
	if code := Ask(Schema, probeMain, nil, &out, &out); code != OK {
		t.Fatal(out.String())
	}
	var s struct {
		AdditionalProperties bool
		Properties           map[string]struct {
			Type    any
			Enum    []string
			Default any
		}
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	p := s.Properties
	if s.AdditionalProperties || len(p) != 8 || p["method"].Type != "string" || !slices.Equal(p["method"].Enum, []string{"simclr", "bcl-i", "bcl-d"}) ||
		p["epochs"].Type != "integer" || p["epochs"].Default != 5.0 || p["lr"].Type != "number" || p["quick"].Type != "boolean" {
		t.Errorf("%s", out.String())
	}
}

func TestParseOnly(t *testing.T) {
	for line, want := range map[string]int{"x --method bcl-i --lr 2": OK, "--method none": Usage, "--by knn,none": Usage, "--nothing": Usage, "--epochs x": Usage, "--help": OK} {
		if code := Ask(ParseOnly, probeMain, strings.Fields(line), io.Discard, io.Discard); code != want {
			t.Errorf("%s: code %d, want %d", line, code, want)
		}
	}
}
