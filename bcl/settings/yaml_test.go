package settings

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestUnmarshal(t *testing.T) {
	var v struct {
		Name  string           `yaml:"name"`
		Parts []map[string]any `yaml:"parts"`
	}
	if err := Unmarshal([]byte("name: x\nparts: [{a: 1}]\n"), &v, yaml.Strict()); err != nil || v.Name != "x" || len(v.Parts) != 1 {
		t.Errorf("%+v, error %v", v, err)
	}
	for _, text := range []string{"", "\n", "# nothing\n", "\ufeff", "\ufeffname: y\r\n"} {
		if err := Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if v.Name != "y" {
		t.Errorf("name %q after a byte order mark, want y", v.Name)
	}
	for _, text := range []string{
		"parts:\t! cks.\ns- name:", // panics in the library, which FuzzPreset found
		"name: [",
		"other: 1",
	} {
		if err := Unmarshal([]byte(text), &v, yaml.Strict()); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("[", 100000), strings.Repeat("{a: ", 100000), strings.Repeat("- ", 100000), strings.Repeat("? ", 100000),
		strings.Repeat("[\n", 100000), "a: " + strings.Repeat("x", maxSize),
	} {
		var v any
		if err := Unmarshal([]byte(text), &v); err == nil || !strings.Contains(err.Error(), "expected at most") && !strings.Contains(err.Error(), "nested deeper") {
			t.Errorf("%.20q, %d bytes: error %v", text, len(text), err)
		}
	}
	var v any
	text := strings.Repeat("- ", 20) + strings.Repeat("[", 60) + strings.Repeat("]", 60)
	if err := Unmarshal([]byte(text), &v); err != nil {
		t.Error(err)
	}
}
