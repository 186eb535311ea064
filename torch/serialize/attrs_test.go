package serialize

import (
	"bytes"
	"strings"
	"testing"
)

func TestAttrs(t *testing.T) {
	tree := mustLoad(t, "attrs.pt").(*Dict)
	get := func(name string) *Tensor {
		v, _ := tree.Get(name)
		x, ok := v.(*Tensor)
		if !ok {
			t.Fatalf("%s is a %T", name, v)
		}
		return x
	}
	if title, _ := get("t").Attrs.Get("title"); title != "a tensor" {
		t.Errorf("title %v", title)
	}
	p := get("p")
	if expert, _ := p.Attrs.Get("is_expert"); expert != true || !p.Parameter || !p.RequiresGrad {
		t.Errorf("%+v", p)
	}
	if persistent, _ := get("b").Attrs.Get("persistent"); persistent != true || get("plain").Attrs != nil {
		t.Errorf("a Buffer is persistent: %v; a plain tensor has %v", persistent, get("plain").Attrs)
	}
	// They are not lost silently.
	err := Write(new(bytes.Buffer), tree)
	if err == nil || !strings.Contains(err.Error(), "has attributes") {
		t.Errorf("error %v", err)
	}
}
