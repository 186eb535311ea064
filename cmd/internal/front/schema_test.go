package front

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bcl-go/bcl/bcl/repro"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// schemaOf compiles what a program says of its settings by a validator of others, which
// checks it against the metaschema of its draft too.
func schemaOf(t *testing.T, program string) *jsonschema.Schema {
	t.Helper()
	text := answerOf(t, program, cli.Schema)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("settings.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("settings.json")
	if err != nil {
		t.Fatalf("the schema of %s: %v", program, err)
	}
	if s.DraftVersion != 2020 {
		t.Errorf("the schema of %s is of draft %d, expected 2020-12", program, s.DraftVersion)
	}
	return s
}

// validate checks a YAML text of settings.
func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var doc map[string]any
	if err := settings.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for name, value := range doc { // YAML 1.2, 10.3.2: 5e-4 is a number, for goccy a string
		if word, ok := value.(string); ok && exponent.MatchString(word) {
			x, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatal(err)
			}
			doc[name] = x
		}
	}
	return s.Validate(doc)
}

var exponent = regexp.MustCompile(`^[-+]?[0-9]+[eE][-+]?[0-9]+$`)

// filesOf returns the files of a pattern, at least so many.
func filesOf(t *testing.T, pattern string, least int) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < least {
		t.Fatalf("%s: %d files, expected at least %d; %v", pattern, len(files), least, err)
	}
	return files
}

// Every file of settings in the tree is valid: recipes and docs/demo.yaml of bcl-train, the
// named protocols of bcl-eval, and what presets set for both.
func TestFilesOfSettingsAreValid(t *testing.T) {
	train, eval := schemaOf(t, "bcl-train"), schemaOf(t, "bcl-eval")
	check := func(s *jsonschema.Schema, what string, text []byte) {
		t.Helper()
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for s, files := range map[*jsonschema.Schema][]string{
		train: append(filesOf(t, "../bcltrain/recipes/*.yaml", 5), "../../../docs/demo.yaml", "../bcltrain/testdata/before/config.yaml"),
		eval:  filesOf(t, "../bcleval/named/*.yaml", 5),
	} {
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			check(s, path, text)
		}
	}
	for _, path := range append(filesOf(t, "../../../bcl/repro/presets/*.yaml", 5), "../../../docs/preset.yaml") {
		p, err := repro.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		layer := func(s *jsonschema.Schema, what string, of yaml.MapSlice) {
			t.Helper()
			text, err := yaml.Marshal(of)
			if err != nil {
				t.Fatal(err)
			}
			check(s, path+": "+what, text)
		}
		layer(train, "train", p.Train)
		layer(eval, "eval", p.Eval)
		for _, m := range p.Methods {
			layer(train, "train of "+m.Name, m.Train)
		}
		for _, part := range p.Parts {
			layer(train, "train of "+part.Name, part.Train)
			layer(eval, "eval of "+part.Name, part.Eval)
		}
	}
}

// The config.yaml that a run writes is valid, and --config takes it.
func TestConfigOfARunIsValid(t *testing.T) {
	dir := t.TempDir()
	args := []string{"r", "--data", "embedded", "--save-dir", dir, "--model", "resnet10", "--width", "2", "--epochs", "1", "--batch-size", "512", "--threads", "1", "--report=false", "--tensorboard=false"}
	var errs bytes.Buffer
	if code := bcltrain.Main(args, io.Discard, &errs); code != cli.OK {
		t.Fatal(errs.String())
	}
	text, err := os.ReadFile(run.File(filepath.Join(dir, "r"), run.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schemaOf(t, "bcl-train"), text); err != nil {
		t.Error(err)
	}
}

// What the schema takes --config takes, and what one refuses the other does.
func TestSchemaAgreesWithTheProgram(t *testing.T) {
	s := schemaOf(t, "bcl-train")
	dir := t.TempDir()
	for text, right := range map[string]bool{
		"{}":                            true,
		"epochs: 5\nlr: 0.5":            true,
		"lr: 1":                         true,
		"weight-decay: 5e-4":            true,
		"data: 5":                       true, // a folder may have that name
		"data: true":                    true,
		"mean: 0.5,0.5,0.5":             true,
		"method: bcl-i":                 true,
		"epoch: 5":                      false,
		"epochs: many":                  false,
		"epochs: 2.5":                   false,
		"epochs: [5]":                   false,
		"epochs: {a: 5}":                false,
		"epochs: true":                  false,
		"lr: fast":                      false,
		"data: [a, b]":                  false,
		"conv-init: zeros":              false,
		"model: resnet19":               false,
		"method: bcl-x":                 false,
		"report: perhaps":               false,
		"mean: [[1], 2, 3]":             false,
		"config: other.yaml":            false,
		"help: true":                    false,
		"device: cpu\nunknown: setting": false,
	} {
		if err := validate(t, s, []byte(text)); (err == nil) != right {
			t.Errorf("%q: the schema says %v, expected %v", text, err, right)
		}
		path := filepath.Join(dir, "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		args := []string{"r", "--save-dir", dir, "--config", path, "--train-split", filepath.Join(dir, "none.npy")} // read after the settings
		if !strings.Contains(text, "data:") {
			args = append(args, "--data", "embedded")
		}
		code := bcltrain.Main(args, io.Discard, &errs)
		if (code != cli.Usage) != right {
			t.Errorf("%q: bcl-train says %d (%s), expected right: %v", text, code, errs.String(), right)
		}
	}
}
