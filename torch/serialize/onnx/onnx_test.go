package onnx

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func one(w io.Writer) error { _, err := w.Write([]byte{0, 0, 128, 63}); return err }

func model() *Model {
	return &Model{Producer: "p", Version: "1", Name: "g", Metadata: map[string]string{"k": "v"},
		Inputs: []Value{{"x", []any{"batch", 1}}}, Outputs: []Value{{"y", []any{"batch", 1}}},
		Nodes:   []Node{{"Add", []string{"x", "w"}, []string{"y"}, map[string]any{"a": []int{1, 2}, "f": float32(1), "i": 3}}},
		Weights: []Weight{{"w", []int{1}, one}}}
}

// The bytes are those that google.golang.org/protobuf would write: fields in the order of
// the calls, each by the specification of the encoding.
func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, model()); err != nil {
		t.Fatal(err)
	}
	const want = "0808" + "120170" + "1a0131" + "3200" +
		"3a8001" + // graph
		"0a38" + "0a0178" + "0a0177" + "120179" + "1a054164645f30" + "2203416464" +
		"2a0a" + "0a0161" + "4001" + "4002" + "a00107" +
		"2a0b" + "0a0166" + "150000803f" + "a00101" +
		"2a08" + "0a0169" + "1803" + "a00102" +
		"120167" +
		"2a0d" + "0801" + "1001" + "420177" + "4a040000803f" +
		"5a18" + "0a0178" + "1213" + "0a11" + "0801" + "120d" + "0a07" + "12056261746368" + "0a02" + "0801" +
		"6218" + "0a0179" + "1213" + "0a11" + "0801" + "120d" + "0a07" + "12056261746368" + "0a02" + "0801" +
		"4204" + "0a00" + "1011" +
		"7206" + "0a016b" + "120176"
	if got := hex.EncodeToString(b.Bytes()); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
}

func TestErrors(t *testing.T) {
	full := errors.New("full")
	for words, change := range map[string]func(m *Model){
		`Add takes "v"`:            func(m *Model) { m.Nodes[0].Inputs[1] = "v" },
		`"x" is empty or given`:    func(m *Model) { m.Nodes[0].Outputs[0] = "x" },
		`"w" is empty or given`:    func(m *Model) { m.Weights = append(m.Weights, m.Weights[0]) },
		`output "y"`:               func(m *Model) { m.Nodes = nil },
		"a of Add is a string":     func(m *Model) { m.Nodes[0].Attrs["a"] = "no" },
		"were written, expected 8": func(m *Model) { m.Weights[0].Shape = []int{2} },
		"full":                     func(m *Model) { m.Weights[0].Source = func(io.Writer) error { return full } },
		"at most 2147483647":       func(m *Model) { m.Weights[0].Shape = []int{1 << 30} },
	} {
		m := model()
		change(m)
		if err := Write(io.Discard, m); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want %s", err, words)
		}
	}
}

// A model that adds one to its input.
func Example() {
	var b bytes.Buffer
	err := Write(&b, &Model{Producer: "example", Name: "add",
		Inputs: []Value{{"x", []any{"n"}}}, Outputs: []Value{{"y", []any{"n"}}},
		Nodes:   []Node{{Op: "Add", Inputs: []string{"x", "one"}, Outputs: []string{"y"}}},
		Weights: []Weight{{"one", []int{1}, one}}})
	fmt.Println(b.Len(), err)
	// Output: 106 <nil>
}
