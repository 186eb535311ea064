package ckpt

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// TestWhereStateDictsAre finds them however deep and under whatever keys, and asks where
// two could be meant.
func TestWhereStateDictsAre(t *testing.T) {
	state := dictOf(t, resnet(t))
	vissl := dictOf(t, rename(t, resnet(t), "vissl"))
	heads := serialize.NewOrderedDict("0.clf.0.weight", tensor(t, 0, 2))
	odd := dictOf(t, resnet(t))
	for k, v := range map[string]any{"nothing": nil, "count": 3} {
		if err := odd.Set(k, v); err != nil {
			t.Fatal(err)
		}
	}
	nest := func(keys string, v any) any {
		for _, k := range strings.Fields(keys) {
			v = serialize.NewDict(k, v, "step", 1)
		}
		return v
	}
	for name, c := range map[string]struct {
		tree     any
		at, path string
		wrong    string // in the error
	}{
		"vissl":        {nest("model base_model classy_state_dict", serialize.NewDict("trunk", vissl, "heads", heads)), "", "classy_state_dict.base_model.model.trunk", ""},
		"deep":         {nest("a b c d e f", state), "", "f.e.d.c.b.a", ""},
		"dotted":       {serialize.NewDict("m.v1", state), "m.v1", "m.v1", ""},
		"dotted alone": {serialize.NewDict("m.v1", state), "", "m.v1", ""},
		"dotted twice": {serialize.NewDict("m.v1", serialize.NewDict("x.y", state)), "m.v1.x.y", "m.v1.x.y", ""},
		"list":         {pickle.NewList(state, 3), "", "0", ""},
		"in a list":    {serialize.NewDict("models", pickle.NewList(heads, state)), "models.1", "models.1", ""},
		"odd values":   {serialize.NewDict("state_dict", odd), "", "state_dict", ""},
		"average":      {serialize.NewDict("state_dict", state, "state_dict_ema", state), "", "", "state_dict, state_dict_ema have the same names: choose one"},
		"average, one": {serialize.NewDict("state_dict", state, "state_dict_ema", state), "state_dict_ema", "state_dict_ema", ""},
		"dino":         {serialize.NewDict("student", state, "teacher", state), "", "", "there are 2 state dicts, at student, teacher: choose one"},
		"absent":       {serialize.NewDict("a", state), "b.c", "", `there is no "b.c"; state dicts are at a`},
	} {
		f, err := Open(write(t, c.tree))
		if err != nil {
			t.Fatal(err)
		}
		s, path, _, err := f.State(c.at)
		if c.wrong != "" {
			wantError(t, err, c.wrong)
		} else if err != nil || path != c.path || len(s) != len(resnet(t)) {
			t.Errorf("%s: %d tensors at %q, want %q; %v", name, len(s), path, c.path, err)
		}
		f.Close()
	}
}
