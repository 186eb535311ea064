package protocol

import (
	"slices"
	"strings"
	"testing"
)

// ParseSpec reads what String writes, with any file names.
func TestParseSpec(t *testing.T) {
	for _, s := range []Spec{
		{Name: "full"},
		{Name: "50-shot", Shots: 50, Lists: []string{"/a b/it's, \"so\" <&>.npy", "ü: {x}.npy"}, Probe: "all.txt"},
		{Name: "d", Shots: 5, From: "f.npy", Subsets: 3},
	} {
		back, err := ParseSpec(s.String())
		if err != nil || !back.Equal(s) || strings.Contains(s.String(), "\n") {
			t.Errorf("%v came back as %v, error %v", s, back, err)
		}
	}
	s, err := ParseSpec("{name: w, lists: [a.npy, b.npy]}")
	if err != nil || s.Name != "w" || !slices.Equal(s.Files(), []string{"a.npy", "b.npy"}) {
		t.Errorf("%+v, error %v", s, err)
	}
	for text, want := range map[string]string{
		"{shot: 5}":               `unknown field "shot"`,
		"{shots: -1}":             "shots -1, expected",
		"{shots: 1, subsets: -1}": "subsets -1, expected",
		"{subsets: 2}":            "from and subsets are only for drawn subsets",
		"{shots: 2, lists: [a.npy], from: b.npy}": "from and subsets are only for drawn subsets",
		"{lists: [a.npy], probe: p.txt}":          "lists without shots exclude probe",
		"{lists: [a.txt]}":                        `list "a.txt", expected the name of a .npy file`,
		"{shots: 1, from: a.txt}":                 `list "a.txt", expected the name of a .npy file`,
		"{lists: ":                                "",
	} {
		if _, err := ParseSpec(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

func TestIn(t *testing.T) {
	s := Spec{Shots: 1, Probe: "p.txt", Lists: []string{"a.npy"}}
	in := s.In(func(name string) string { return "/lists/" + name })
	if !slices.Equal(in.Files(), []string{"/lists/p.txt", "/lists/a.npy"}) || s.Lists[0] != "a.npy" || s.Probe != "p.txt" {
		t.Errorf("%v of %v", in, s)
	}
}
