package ckpt

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// real is what testdata/real.py found in the checkpoint of a project.
type real struct {
	Scheme   string
	Networks []string // prefixes of whole ResNets, first the one that is meant
	Of       string   // their architecture
	Counts   bool     // they have num_batches_tracked
	Beside   []string // all other names of the state dict
}

// names returns all names of the state dict.
func (r real) names(t *testing.T) []string {
	a := map[string]Arch{
		"resnet18": {Blocks: [4]int{2, 2, 2, 2}, Width: 64, Kernel: 7},
		"resnet50": {Blocks: [4]int{3, 4, 6, 3}, Bottleneck: true, Width: 64, Kernel: 7},
	}[r.Of]
	names := slices.Clone(r.Beside)
	for _, prefix := range r.Networks {
		for _, s := range a.Specs() {
			n, _ := known(Backbone, s.Name)
			name, ok := find(t, r.Scheme).Format(n)
			if !ok {
				t.Fatalf("%s has no name for %s", r.Scheme, s.Name)
			}
			if r.Counts || !strings.HasSuffix(name, ".num_batches_tracked") {
				names = append(names, prefix+name)
			}
		}
	}
	return names
}

// TestRealNames: in the names that the projects' own code saves the scheme and the prefix
// are found, and of several networks the choice is asked for, naming the trained one.
func TestRealNames(t *testing.T) {
	text, err := os.ReadFile("testdata/real.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]real
	if err := json.Unmarshal(text, &all); err != nil || len(all) < 20 {
		t.Fatal(len(all), err)
	}
	for project, r := range all {
		names := r.names(t)
		d, err := Detect(names)
		if len(r.Networks) == 1 {
			if err != nil || d.Name != r.Scheme || d.Prefix != r.Networks[0] {
				t.Errorf("%s: %+v, %v", project, d, err)
			}
			continue
		}
		var several *Networks
		if !errors.As(err, &several) {
			t.Errorf("%s: %+v, error %v", project, d, err)
			continue
		}
		if got := several.Likely(); got != r.Networks[0] || !slices.Equal(several.Below, slices.Sorted(slices.Values(r.Networks))) {
			t.Errorf("%s: %q of %q, want %q of %q", project, got, several.Below, r.Networks[0], r.Networks)
		}
		var own []string
		for _, n := range names {
			if rest, ok := strings.CutPrefix(n, r.Networks[0]); ok {
				own = append(own, rest)
			}
		}
		if d, err := Detect(own); err != nil || d.Name != r.Scheme || d.Prefix != "" {
			t.Errorf("%s below %s: %+v, %v", project, r.Networks[0], d, err)
		}
	}
}

func TestLikely(t *testing.T) {
	for want, below := range map[string][]string{
		"module.encoder_q.":    {"module.encoder_k.", "module.encoder_q."},
		"backbone.":            {"backbone.", "backbone_momentum."},
		"student.":             {"backbone.", "student.", "teacher."},
		"model.":               {"ema.", "model."},
		"b.":                   {"a_ema.", "b.", "c."},
		"scheme.schema.":       {"average.", "scheme.schema."},
		"key_backbone.":        {"key_backbone."},
		"":                     nil,
		"online_encoder.net.":  {"net.", "online_encoder.net.", "target_encoder.net."},
		"module.base_encoder.": {"module.base_encoder.", "module.momentum_encoder."},
	} {
		if got := (&Networks{below}).Likely(); got != want {
			t.Errorf("%q: %q, want %q", below, got, want)
		}
	}
}
