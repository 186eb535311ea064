package settings

import "testing"

func TestBind(t *testing.T) {
	type word string
	config, model := struct {
		Method word
		LR     float64
	}{"a", 0.5}, struct{ Width int }{64}
	value := 7
	table := Table{{Name: "n"}, {Name: "method", Field: "Method"}, {Name: "lr", Field: "LR"}, {Name: "width", Field: "Model.Width", Place: true}}
	table.Bind(map[string]any{"": &config, "Model": &model}, map[string]any{"n": &value})
	*table[1].Value.(*string) = "b"
	*table[2].Value.(*float64) = 0.1
	*table[3].Value.(*int) = 3
	if table[0].Value != &value || config.Method != "b" || config.LR != 0.1 || model.Width != 3 {
		t.Errorf("%+v, %+v, %+v", table[0], config, model)
	}
	if table.Lookup("lr") != &table[2] || table.Lookup("x") != nil {
		t.Errorf("%+v", table.Lookup("lr"))
	}
	if names := table.Names(func(s Setting) bool { return s.Place }); len(names) != 1 || names[0] != "width" {
		t.Errorf("%q", names)
	}
	defer func() {
		if recover() == nil {
			t.Error("a setting without a value is bound")
		}
	}()
	Table{{Name: "x", Field: "Model.Depth"}}.Bind(map[string]any{"Model": &model}, nil)
}
