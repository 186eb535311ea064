package version

import (
	"os"
	"regexp"
	"testing"
)

// The topmost version in CHANGELOG.md is this one.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - (\S+)$`).FindSubmatch(text)
	if m == nil || string(m[1]) != Number || string(m[2]) != Date {
		t.Errorf("CHANGELOG.md begins with %q, expected [%s] - %s", m, Number, Date)
	}
}

func TestCommitOfTheLinker(t *testing.T) {
	if Commit() == "" {
		t.Error("a build without version information has an empty commit")
	}
	defer func(before string) { commit = before }(commit)
	commit = "v1.2-3-gabc"
	if got := Commit(); got != "v1.2-3-gabc" {
		t.Errorf("commit %q, want the one that the linker set", got)
	}
}

func TestHome(t *testing.T) {
	for image, want := range map[string]string{"": "native", "bcl:cpu": "container image bcl:cpu"} {
		t.Setenv(ContainerVariable, image)
		if got := Home(); got != want {
			t.Errorf("image %q: %q, want %q", image, got, want)
		}
	}
}
