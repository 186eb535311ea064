package ckpt

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestEveryPair converts every scheme's names to every other's: each name is
// accounted for, the backbone arrives whole, and the way back gives the same.
func TestEveryPair(t *testing.T) {
	keys := golden(t)
	for _, from := range Schemes() {
		state := stateOfNames(t, keys[from.Name])
		for _, to := range Schemes() {
			o := Options{From: from, To: to, Rest: RestDrop}
			if from.Dual && !to.Dual {
				o.Branch = Full
			}
			out, r, err := Convert(state, o)
			if err != nil {
				t.Fatalf("%s to %s: %v", from.Name, to.Name, err)
			}
			seen := map[string]bool{}
			for _, m := range r.Renamed {
				seen[m.From] = true
			}
			for _, n := range r.Same {
				seen[n] = true
			}
			for _, d := range r.Dropped {
				seen[d.Name] = true
			}
			if len(seen) != len(state) || len(r.Unknown) > 0 || len(out) != len(r.Renamed)+len(r.Same) {
				t.Errorf("%s to %s: %d of %d names are accounted for, %d unknown", from.Name, to.Name, len(seen), len(state), len(r.Unknown))
			}
			backbone := 0
			for _, x := range out {
				n, ok := to.Parse(x.Name)
				if !ok {
					t.Errorf("%s to %s: %s is no name there", from.Name, to.Name, x.Name)
				}
				if n.Component == Backbone && n.Branch != Pruned {
					backbone++
				}
			}
			if backbone != 120 {
				t.Errorf("%s to %s: %d tensors of the backbone, want 120", from.Name, to.Name, backbone)
			}
			if !from.Dual && !to.Dual && from.Head == to.Head {
				back, _, err := Convert(out, Options{From: to, To: from, Rest: RestError})
				if err != nil {
					t.Fatalf("%s to %s and back: %v", from.Name, to.Name, err)
				}
				for _, x := range back {
					if !slices.ContainsFunc(state, func(y Tensor) bool { return x.Name == y.Name && x.Tensor == y.Tensor }) {
						t.Errorf("%s to %s and back: %s is another tensor or new", from.Name, to.Name, x.Name)
					}
				}
			}
		}
	}
}

func TestNothingIsLostInSilence(t *testing.T) {
	state := stateOfNames(t, append(golden(t)["bcl"], "queue"))
	o := Options{To: find(t, "torchvision")}
	_, _, err := Convert(state, o)
	var left *RestFailure
	if !errors.As(err, &left) || len(left.Left) != 16 {
		t.Fatalf("error %v", err)
	}
	wantError(t, err, "projector.fc1.weight: torchvision has no projection head", "queue: no name of bcl",
		"backbone.normalize.mean: torchvision has no normalisation")

	o.Drop = []string{"projector.*", "backbone.normalize.*", "queue", "nothing*"}
	out, r, err := Convert(state, o)
	if err != nil || len(out) != 120 || len(r.Dropped) != 16 || r.From != "bcl" {
		t.Fatalf("%d tensors, %+v, %v", len(out), r.Dropped, err)
	}
	if !slices.Contains(r.Notes, `the pattern "nothing*" matches no name`) {
		t.Errorf("notes %q", r.Notes)
	}
	o = Options{To: find(t, "torchvision"), Rest: RestKeep}
	out, r, err = Convert(state, o)
	if err != nil || len(out) != 136 || !slices.Equal(r.Unknown, []string{"queue"}) || out[135].Name != "queue" {
		t.Errorf("%d tensors, unknown %q, %v", len(out), r.Unknown, err)
	}
}

func TestConvertRefuses(t *testing.T) {
	dual := stateOfNames(t, golden(t)["bcl-dual"])
	single := stateOfNames(t, golden(t)["bcl"])
	mapping := func(re, with string) []KeyMapping { return []KeyMapping{{regexp.MustCompile(re), with}} }
	for want, c := range map[string]struct {
		state []Tensor
		o     Options
	}{
		"choose the full branch":     {dual, Options{To: find(t, "torchvision")}},
		"there is no pruned one":     {single, Options{To: find(t, "torchvision"), Branch: Pruned}},
		"would both be named":        {single, Options{Map: mapping(`layer[12]`, "layer")}},
		"not those of a ResNet":      {stateOfNames(t, []string{"a", "b"}), Options{To: find(t, "bcl")}},
		"syntax error in pattern":    {single, Options{Drop: []string{"["}}},
		"is left":                    {single, Options{Drop: []string{"*"}}},
		`"a" and "a" would both`:     {stateOfNames(t, []string{"a", "a"}), Options{}},
		"the head of solo-learn is":  {stateOfNames(t, golden(t)["solo-learn"]), Options{To: find(t, "bcl"), Drop: []string{"classifier.*"}}},
		"mmpretrain has no normalis": {single, Options{To: find(t, "mmpretrain")}},
	} {
		_, _, err := Convert(c.state, c.o)
		wantError(t, err, want)
	}
}

func TestBranches(t *testing.T) {
	dual := []Tensor{{"backbone.conv1.weight", tensor(t, 0, 1)}, {"backbone.bn1.bn_list.0.weight", tensor(t, 1, 1)}, {"backbone.bn1.bn_list.1.weight", tensor(t, 2, 1)}}
	for branch, i := range map[Branch]int{Full: 1, Pruned: 2} {
		out, r, err := Convert(dual, Options{To: find(t, "torchvision"), Branch: branch})
		if err != nil || len(out) != 2 || out[1].Name != "bn1.weight" || out[1].Tensor != dual[i].Tensor || len(r.Dropped) != 1 {
			t.Errorf("%s: %v, %+v, %v", branch, out, r, err)
		}
	}
	out, _, err := Convert(dual, Options{To: find(t, "sdclr")})
	if err != nil || len(out) != 3 || out[2].Name != "bn1.bn_list.1.weight" {
		t.Errorf("%v, %v", out, err)
	}
	single := []Tensor{{"conv1.weight", tensor(t, 0, 1)}, {"bn1.weight", tensor(t, 1, 1)}}
	out, _, err = Convert(single, Options{To: find(t, "bcl-dual")})
	if err != nil || len(out) != 3 || out[1].Tensor != out[2].Tensor || out[2].Name != "backbone.bn1.bn_list.1.weight" {
		t.Errorf("%v, %v", out, err)
	}
}

func TestMap(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, path := range []string{
		file("map.txt", "# ours\n^trunk\\. => \n\nstage(\\d) => layer$1\n"),
		file("map.yaml", "'^trunk\\.':\n'stage(\\d)': layer$1\n"),
	} {
		mappings, err := ReadKeyMapping(path)
		if err != nil {
			t.Fatal(err)
		}
		out, r, err := Convert(stateOfNames(t, []string{"trunk.conv1.weight", "trunk.stage1.0.conv1.weight", "other"}), Options{Map: mappings, Prefix: "module."})
		if err != nil || out[0].Name != "module.conv1.weight" || out[1].Name != "module.layer1.0.conv1.weight" || out[2].Name != "module.other" || len(r.Renamed) != 3 {
			t.Errorf("%s: %v, %+v, %v", path, Names(out), r, err)
		}
		// They come before the schemes.
		out, _, err = Convert(stateOfNames(t, []string{"trunk.conv1.weight", "trunk.stage1.0.conv1.weight"}), Options{Map: mappings, To: find(t, "lightly")})
		if err != nil || out[1].Name != "backbone.4.0.conv1.weight" {
			t.Errorf("%s: %v, %v", path, Names(out), err)
		}
	}
	for want, path := range map[string]string{
		"line 2 is \"b\"":       file("a.txt", "a => b\nb\n"),
		"line 1: error parsing": file("b.txt", "( => b\n"),
		"empty, expected lines": file("c.txt", "# nothing\n"),
		"expected text":         file("d.yaml", "a: [1]\n"),
		"no such file":          filepath.Join(dir, "none"),
		"expected lines of":     file("e.yaml", "- a\n"),
	} {
		_, err := ReadKeyMapping(path)
		wantError(t, err, want)
	}
}

// TestFill: what comes from lightly has all that the authors' network has.
func TestFill(t *testing.T) {
	keys := golden(t)
	state := stateOfNames(t, keys["lightly"])
	for i := range state {
		if state[i].Name == "projection_head.layers.0.weight" {
			state[i].Tensor = tensor(t, 0, 4, 2)
		}
	}
	out, r, err := Convert(state, Options{To: find(t, "bcl"), Fill: true, Prefix: "module."})
	if err != nil || len(r.Added) != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	names := Names(out)
	for _, k := range keys["bcl"] {
		if !slices.Contains(names, "module."+k) {
			t.Errorf("%s is missing", k)
		}
	}
	bias := out[slices.Index(names, "module.projector.fc1.bias")]
	if len(names) != len(keys["bcl"]) || !slices.Equal(floats(t, bias.Tensor), make([]float32, 4)) {
		t.Errorf("%d tensors, want %d; bias %v", len(names), len(keys["bcl"]), bias.Shape)
	}
	if _, r, err = Convert(stateOfNames(t, keys["bcl"]), Options{To: find(t, "bcl"), Fill: true}); err != nil || len(r.Added) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
