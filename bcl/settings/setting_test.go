package settings

import "testing"

func TestBind(t *testing.T) {
	type word string
	type inner struct{ Width int }
	type outer struct {
		Name  word
		Model inner
		Far   *inner
	}
	first, second := outer{Name: "a"}, struct{ LR float64 }{0.5}
	first.Far = &inner{}
	value := 7
	table := Table{{Name: "n"}, {Name: "name", Field: "Name"}, {Name: "width", Field: "Model.Width"}, {Name: "far", Field: "Far.Width"}, {Name: "lr", Field: "LR"}}
	table.Bind(map[string]any{"n": &value}, &first, &second)
	*table[1].Value.(*string) = "b"
	*table[2].Value.(*int) = 3
	*table[3].Value.(*int) = 4
	*table[4].Value.(*float64) = 0.1
	if table[0].Value != &value || first.Name != "b" || first.Model.Width != 3 || first.Far.Width != 4 || second.LR != 0.1 {
		t.Errorf("%+v, %+v", first, second)
	}
	if s := table.ByField("Model.Width"); s == nil || s.Name != "width" || table.ByField("") != nil || table.Lookup("x") != nil {
		t.Errorf("%+v", s)
	}
	defer func() {
		if recover() == nil {
			t.Error("a setting without a value is bound")
		}
	}()
	Table{{Name: "x", Field: "Model.Depth"}}.Bind(nil, &first)
}
