package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func flags() (*pflag.FlagSet, *int, *float64, *string, *bool) {
	fs := NewFlags("bcl-test")
	return fs, fs.Int("batch-size", 512, "samples per step"), fs.Float64("lr", 0.5, "learning rate"),
		fs.String("name", "none", "a name"), fs.Bool("bcl", false, "boost")
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlagsOverFileOverDefaults(t *testing.T) {
	fs, batch, lr, name, bcl := flags()
	if err := fs.Parse([]string{"--batch_size", "8"}); err != nil {
		t.Fatal(err)
	}
	if err := LoadConfig(fs, write(t, "batch-size: 16\nlr: 1e-3\nbcl: true\n")); err != nil {
		t.Fatal(err)
	}
	if *batch != 8 || *lr != 1e-3 || *name != "none" || !*bcl {
		t.Errorf("batch %d, lr %v, name %q, bcl %v", *batch, *lr, *name, *bcl)
	}
}

func TestResolvedIsReadBack(t *testing.T) {
	fs, batch, lr, name, _ := flags()
	*batch, *lr, *name = 77, 1e-6, "true: or not # 5"
	text, err := Resolved(fs, "bcl")
	if err != nil {
		t.Fatal(err)
	}
	fs2, batch2, lr2, name2, _ := flags()
	if err := LoadConfig(fs2, write(t, string(text))); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if *batch2 != 77 || *lr2 != 1e-6 || *name2 != *name || strings.Contains(string(text), "bcl") {
		t.Errorf("read back %d, %v, %q from\n%s", *batch2, *lr2, *name2, text)
	}
}

// A list is written and read as a list, and also read as on the command line.
func TestListsAreReadBack(t *testing.T) {
	list := func() (*pflag.FlagSet, *[]string, *[]int) {
		fs := NewFlags("bcl-test")
		return fs, fs.StringSlice("by", []string{"probe"}, "words"), fs.IntSlice("shots", nil, "numbers")
	}
	fs, by, shots := list()
	*by, *shots = []string{"knn", "a: b, c"}, []int{100, 50}
	text, err := Resolved(fs)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text  string
		by    []string
		shots []int
	}{
		{string(text), *by, *shots},
		{"by: knn,probe\nshots: 7", []string{"knn", "probe"}, []int{7}},
		{"by: []", []string{}, nil},
	} {
		fs, by, shots := list()
		if err := LoadConfig(fs, write(t, c.text)); err != nil {
			t.Fatalf("%v in\n%s", err, c.text)
		}
		if !slices.Equal(*by, c.by) || !slices.Equal(*shots, c.shots) {
			t.Errorf("read back %q, %v from\n%s", *by, *shots, c.text)
		}
	}
	for _, text := range []string{"shots: [1, many]", "by: [[a]]", "by: {a: 1}"} {
		fs, _, _ := list()
		if err := LoadConfig(fs, write(t, text)); err == nil || !strings.Contains(err.Error(), "c.yaml") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

// What would not be read back is an error, and a value quoted in a message is no longer
// than its file: aliases of aliases are not.
func TestConfigsThatCannotBe(t *testing.T) {
	fs, _, _, name, _ := flags()
	*name = "a\rb"
	if _, err := Resolved(fs); err == nil || !strings.Contains(err.Error(), `name: "a\rb"`) {
		t.Errorf("error %v", err)
	}
	bomb := "a: &a [x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'g'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for _, text := range []string{bomb + "name: *f", "name: &n " + strings.TrimPrefix(bomb, "a: &a"), "? [a, b]\n: 1"} {
		fs, _, _, _, _ := flags()
		for c := 'a'; c < 'g'; c++ {
			fs.StringSlice(string(c), nil, "words")
		}
		if err := LoadConfig(fs, write(t, text)); err == nil || len(err.Error()) > 500 {
			t.Errorf("error of %d bytes", len(fmt.Sprint(err)))
		}
	}
}

// A command inherits those settings of a run that it names, overridden by its own flags.
func TestInherit(t *testing.T) {
	fs, batch, lr, name, _ := flags()
	if err := fs.Parse([]string{"--lr", "0.25"}); err != nil {
		t.Fatal(err)
	}
	if err := Inherit(fs, "batch-size: 16\nlr: 1\nname: run\nunknown: 3\n", "lr", "name"); err != nil {
		t.Fatal(err)
	}
	if *batch != 512 || *lr != 0.25 || *name != "run" || fs.Changed("name") {
		t.Errorf("batch %d, lr %v, name %q, given: %v", *batch, *lr, *name, fs.Changed("name"))
	}
	if err := Inherit(fs, "batch-size: many", "batch-size"); err == nil || !strings.Contains(err.Error(), "many") {
		t.Errorf("a value that does not fit: error %v", err)
	}
}

func TestChoose(t *testing.T) {
	commands := map[string]int{"one": 1, "two": 2}
	for _, c := range []struct {
		args           []string
		chosen, code   int
		stdout, stderr string
	}{
		{[]string{"two", "x"}, 2, -1, "", ""},
		{[]string{"--help"}, 0, OK, "the usage", ""},
		{nil, 0, Usage, "", "the usage"},
		{[]string{"--help-all"}, 0, OK, "the usage\nhelp of one 1\n\nhelp of two 2\n", ""},
		{[]string{"three"}, 0, Usage, "", "one and two"},
	} {
		var out, errs bytes.Buffer
		help := func(name string, command int) int {
			fmt.Fprintln(&out, "help of", name, command)
			return OK
		}
		chosen, code := Choose("p", "the usage", "one and two", commands, help, c.args, &out, &errs)
		if chosen != c.chosen || code != c.code || out.String() != c.stdout || !strings.Contains(errs.String(), c.stderr) || (c.stderr == "") != (errs.Len() == 0) {
			t.Errorf("%v: %d, code %d, stdout %q, stderr %q", c.args, chosen, code, out.String(), errs.String())
		}
	}
}

func TestConfigErrorsNameFileAndValue(t *testing.T) {
	for text, want := range map[string]string{
		"batchsize: 3":         "batchsize",
		"lr: fast":             "fast",
		"lr: [1, 2]":           "lr",
		"batch-size: 2.5":      "2.5",
		"just words":           "name: value",
		"config: other.yaml":   "config",
		"lr: 1\nlr: 2\n\t: [}": "c.yaml",
	} {
		fs, _, _, _, _ := flags()
		err := LoadConfig(fs, write(t, text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "c.yaml") {
			t.Errorf("%q: error %v, want it to name %q", text, err, want)
		}
	}
	fs, _, _, _, _ := flags()
	if err := LoadConfig(fs, "/no/such/file"); err == nil {
		t.Error("a missing config is accepted")
	}
}

func TestParse(t *testing.T) {
	var out, errs bytes.Buffer
	fs, _, _, _, _ := flags()
	if code := Parse(fs, []string{"--help"}, "usage: bcl-test", &out, &errs); code != OK || !strings.Contains(out.String(), "--batch-size") || errs.Len() > 0 {
		t.Errorf("--help: code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
	out.Reset()
	fs, _, _, _, _ = flags()
	fs.BoolP("help", "h", false, "show this help")
	if code := Parse(fs, []string{"-h"}, "usage: bcl-test", &out, &errs); code != OK || !strings.Contains(out.String(), "--batch-size") {
		t.Errorf("-h, a flag of the command: code %d, stdout %q", code, out.String())
	}
	out.Reset()
	fs, _, _, _, _ = flags()
	if code := Parse(fs, []string{"--lr", "fast"}, "usage", &out, &errs); code != Usage || !strings.Contains(errs.String(), "fast") || out.Len() > 0 {
		t.Errorf("a wrong value: code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
}

func TestExitCodes(t *testing.T) {
	var w bytes.Buffer
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, 0}, {ErrHelp, 0}, {errors.New("x"), 1}, {Usagef("x"), 2},
		{&Interrupted{syscall.SIGINT}, 130}, {&Interrupted{syscall.SIGTERM}, 143},
		{&Interrupted{syscall.SIGHUP}, 129},
	} {
		if got := Exit("bcl-test", c.err, &w); got != c.code {
			t.Errorf("%v: code %d, want %d", c.err, got, c.code)
		}
	}
}

func TestInterruptible(t *testing.T) {
	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	defer func(w *os.File) { os.Stderr = w }(os.Stderr)
	os.Stderr = said
	ctx, stop := Interruptible(context.Background(), "saving")
	defer stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("SIGTERM does not end the context")
	}
	// Its echo is not a second signal, which would end this test.
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if text, err := os.ReadFile(said.Name()); err != nil || string(text) != "\nSIGTERM: saving; repeat to end at once\n" {
		t.Errorf("wrote %q, error %v", text, err)
	}
	var i *Interrupted
	if err := Cause(ctx, ctx.Err()); !errors.As(err, &i) || i.Signal != syscall.SIGTERM {
		t.Errorf("cause %v", err)
	}
	full := errors.New("no space left on device")
	if err := Cause(ctx, full); err != full {
		t.Errorf("a failure after the signal became %v", err)
	}
}

func TestProgressOffTerminal(t *testing.T) {
	var w bytes.Buffer
	p := NewProgress(&w, "epoch 1", 10)
	p.Set(1, "")
	if w.Len() > 0 {
		t.Errorf("a line at once: %q", w.String())
	}
	p.next = time.Now().Add(-time.Second)
	p.Set(7, "loss 2.1")
	p.Clear()
	if got, want := w.String(), "epoch 1 loss 2.1: 7 of 10\n"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}
