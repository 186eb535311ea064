package cli

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/pflag"
)

// property is what the schema says of a setting.
type property struct {
	Description string    `json:"description"`
	Type        any       `json:"type"`
	Enum        []string  `json:"enum,omitempty"`
	Examples    []string  `json:"examples,omitempty"`
	Items       *property `json:"items,omitempty"`
	Default     any       `json:"default,omitempty"`
}

// writeSchema writes the JSON Schema (draft 2020-12) of the files that --config reads: the
// canonical spelling of names alone, which editors complete.
func writeSchema(w io.Writer, fs *pflag.FlagSet) error {
	properties := map[string]property{}
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && !slices.Contains(noSettings, f.Name) {
			properties[f.Name] = propertyOf(f)
		}
	})
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Schema      string              `json:"$schema"`
		Title       string              `json:"title"`
		Description string              `json:"description"`
		Type        string              `json:"type"`
		Additional  bool                `json:"additionalProperties"`
		Properties  map[string]property `json:"properties"`
	}{"https://json-schema.org/draft/2020-12/schema", "Settings of " + fs.Name(), "What " + fs.Name() + " --config FILE reads.", "object", false, properties})
}

// propertyOf says what a flag takes from a file, which may also be a list or a number where
// the flag takes text.
func propertyOf(f *pflag.Flag) property {
	_, usage := pflag.UnquoteUsage(f)
	p := property{Description: usage, Enum: f.Annotations[valuesKey], Examples: f.Annotations[examplesKey]}
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, f.DefValue) && kind(f) == aWord {
		p.Enum = append([]string{f.DefValue}, p.Enum...)
	}
	switch kind(f) {
	case aSwitch:
		p.Type, p.Default = "boolean", f.DefValue == "true"
	case aWhole:
		p.Type = "integer"
		if n, err := strconv.ParseInt(f.DefValue, 10, 64); err == nil && !perMachine(f) {
			p.Default = n
		}
	case aNumber:
		p.Type = "number"
		if x, err := strconv.ParseFloat(f.DefValue, 64); err == nil {
			p.Default = x
		}
	case aList:
		p.Type, p.Items, p.Enum = []string{"array", "string"}, &property{Type: []string{"string", "number"}, Enum: p.Enum, Description: "one of them"}, nil
	default:
		p.Type = []string{"string", "number", "boolean"} // data: 5 is a folder of that name
		if p.Enum != nil {
			p.Type = "string"
		}
		if f.DefValue != "" {
			p.Default = f.DefValue
		}
	}
	return p
}

// perMachine reports whether the default of a flag is the machine's number of cores.
func perMachine(f *pflag.Flag) bool { return f.Name == "num-workers" }
