package ckpt

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
)

// versions makes a _metadata: modules alternate with their versions.
func versions(pairs ...any) *serialize.Dict {
	d := serialize.NewOrderedDict()
	for i := 0; i < len(pairs); i += 2 {
		if err := d.Set(pairs[i], serialize.NewDict("version", pairs[i+1])); err != nil {
			panic(err)
		}
	}
	return d
}

// TestModulesAreRenamed: the versions of modules follow their tensors.
func TestModulesAreRenamed(t *testing.T) {
	bcl := []any{"", 1, "backbone", 1, "backbone.conv1", 1, "backbone.bn1", 2, "backbone.relu", 1, "backbone.layer1", 1,
		"backbone.layer1.0", 1, "backbone.layer1.0.bn2", 2, "projector", 1, "projector.fc1", 1}
	names := []string{"backbone.conv1.weight", "backbone.bn1.weight", "backbone.layer1.0.bn2.weight", "projector.fc1.weight"}
	for _, c := range []struct {
		o          Options
		to         string
		kept, left string
	}{
		{Options{}, "", showVersions(versions(bcl...)), ""},
		{Options{Prefix: "module."}, "", `module:1 module.backbone:1 module.backbone.conv1:1 module.backbone.bn1:2 module.backbone.relu:1 module.backbone.layer1:1 ` +
			`module.backbone.layer1.0:1 module.backbone.layer1.0.bn2:2 module.projector:1 module.projector.fc1:1`, ""},
		{Options{Drop: []string{"projector.*"}}, "", `:1 backbone:1 backbone.conv1:1 backbone.bn1:2 backbone.relu:1 backbone.layer1:1 backbone.layer1.0:1 backbone.layer1.0.bn2:2`,
			"projector projector.fc1"},
		{Options{Rest: RestDrop}, "torchvision", `:1 conv1:1 bn1:2 layer1:1 layer1.0:1 layer1.0.bn2:2`, " backbone.relu projector projector.fc1"},
		{Options{Rest: RestDrop}, "supcontrast", `encoder:1 encoder.conv1:1 encoder.bn1:2 encoder.layer1:1 encoder.layer1.0:1 encoder.layer1.0.bn2:2`,
			" backbone.relu projector projector.fc1"},
		{Options{}, "bcl-dual", ``, ""},
	} {
		if c.to != "" {
			var err error
			if c.o.To, err = FindScheme(c.to); err != nil {
				t.Fatal(err)
			}
		}
		_, r, err := Convert(stateOfNames(t, names), c.o)
		if err != nil {
			t.Fatal(err)
		}
		kept, left := RenameModules(versions(bcl...), r, c.o)
		if c.to == "bcl-dual" { // one norm becomes two
			for _, name := range []string{"backbone.bn1.bn_list.0", "backbone.bn1.bn_list.1"} {
				if v, _ := kept.Get(name); v == nil || show(v) != `{"version": 2}` {
					t.Errorf("%s has %v", name, v)
				}
			}
			continue
		}
		if got := showVersions(kept); got != c.kept || strings.Join(left, " ") != c.left {
			t.Errorf("%+v to %q: kept\n%s, left %q, want\n%s, %q", c.o, c.to, got, left, c.kept, c.left)
		}
	}
	if kept, left := RenameModules(nil, &Report{}, Options{}); kept != nil || left != nil {
		t.Errorf("of nothing: %v, %v", kept, left)
	}
	_, r, err := Convert(stateOfNames(t, []string{"module.a.weight"}), Options{Strip: "module."})
	if err != nil {
		t.Fatal(err)
	}
	if kept, _ := RenameModules(versions("", 1, "module", 3, "module.a", 4, "module.relu", 5), r, Options{Strip: "module."}); showVersions(kept) != ":1 a:4 relu:5" {
		t.Errorf("stripped: %s", showVersions(kept))
	}
}

func showVersions(d *serialize.Dict) string {
	var out []string
	for k, v := range d.All() {
		out = append(out, key(k)+":"+strings.TrimSuffix(strings.TrimPrefix(show(v), `{"version": `), "}"))
	}
	return strings.Join(out, " ")
}

// TestModulesAreSaved: _metadata and other attributes are read, and written to a .pt.
func TestModulesAreSaved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.pt")
	state := serialize.NewOrderedDict("bn.weight", tensor(t, 1, 2))
	state.Attrs = serialize.NewDict("_metadata", versions("", 1, "bn", 2), "note", "x")
	if err := serialize.Save(path, serialize.NewDict("state_dict", state)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	modules, other := f.Modules("state_dict")
	if showVersions(modules) != ":1 bn:2" || !slices.Equal(other, []string{"note"}) {
		t.Errorf("modules %s, other %q", showVersions(modules), other)
	}
	if m, other := f.Modules("none.such"); m != nil || other != nil {
		t.Errorf("of nothing: %v, %v", m, other)
	}
	_, values := f.Leaves()
	if want := (Value{"state_dict._metadata", `{"": {"version": 1}, "bn": {"version": 2}}`}); !slices.Contains(values, want) {
		t.Errorf("values %+v, want %+v", values, want)
	}
	tensors, _, _, err := f.State("")
	if err != nil {
		t.Fatal(err)
	}
	b := filepath.Join(dir, "b.pt")
	if err := Save(b, tensors, SaveOptions{Modules: modules}); err != nil {
		t.Fatal(err)
	}
	g, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if m, _ := g.Modules(""); showVersions(m) != ":1 bn:2" {
		t.Errorf("saved %s", showVersions(m))
	}
}
