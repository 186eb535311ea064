package cli

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/version"
)

func TestVersion(t *testing.T) {
	defer func() { Libtorch = nil }()
	t.Setenv(version.ContainerVariable, "")
	want := "bcl-test " + version.Number + " (" + version.Commit() + ", native), " + runtime.Version() + "\n"
	if got := printed(t, "--version"); got != want {
		t.Errorf("--version: %q, want %q", got, want)
	}
	t.Setenv(version.ContainerVariable, "bcl:cpu")
	Libtorch = func() (string, error) { return "2.11.0", nil }
	want = "bcl-test " + version.Number + " (" + version.Commit() + ", container image bcl:cpu), libtorch 2.11.0, " + runtime.Version() + "\n"
	if got := printed(t, "--lr", "1", "--version"); got != want {
		t.Errorf("in an image: %q, want %q", got, want)
	}
	Libtorch = func() (string, error) { return "", errors.New("no library") }
	if got := printed(t, "--version"); !strings.Contains(got, "no library") {
		t.Errorf("without libtorch: %q lacks the reason", got)
	}
}

// printed is what Parse writes for args; a command with sub-commands must write the same.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs, chosen bytes.Buffer
	fs, _, _, _, _ := flags()
	if code := Parse(fs, args, "usage", &out, &errs); code != OK || errs.Len() > 0 {
		t.Fatalf("%v: code %d, stderr %q", args, code, errs.String())
	}
	if _, code := Choose("bcl-test", "usage", "one", map[string]int{"one": 1}, nil, []string{"--version"}, &chosen, &errs); code != OK || errs.Len() > 0 {
		t.Fatalf("a command with sub-commands: code %d, stderr %q", code, errs.String())
	}
	if out.String() != chosen.String() {
		t.Errorf("Parse writes %q, Choose %q", out.String(), chosen.String())
	}
	return out.String()
}

// A run's settings neither contain --version nor accept it from a file.
func TestVersionIsNoSetting(t *testing.T) {
	fs, _, _, _, _ := flags()
	var out bytes.Buffer
	if code := Parse(fs, nil, "usage", &out, &out); code != -1 {
		t.Fatalf("code %d: %s", code, out.String())
	}
	text, err := Resolved(fs)
	if err != nil || strings.Contains(string(text), "version") {
		t.Errorf("settings %q, %v", text, err)
	}
	if err := LoadConfig(fs, write(t, "version: true\n")); err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("version in a file: error %v", err)
	}
}
