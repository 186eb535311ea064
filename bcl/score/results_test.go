package score

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestParseResults(t *testing.T) {
	r := &Results{Checkpoint: "model.pt", Epoch: 3, Groups: Groups{{0}, {}, {}}, Rows: []Row{{Trained, Result{Classifier: "knn", Accuracy: Accuracy{Top1: 50, Std: 3, PerClass: []Percent{50}}}}}}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if back, err := ParseResults(b.Bytes()); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%+v, error %v", back, err)
	}
	r, err := ParseResults([]byte(`{"rows": [{"accuracy": {"groups": [1, null, 2], "std": null}}]}`))
	if err != nil || r.Rows[0].Accuracy.Groups[1].Known() || r.Rows[0].Accuracy.Std.Known() || r.Rows[0].Accuracy.Groups[2] != 2 {
		t.Errorf("%+v, error %v", r, err)
	}
	for text, want := range map[string]string{"{}": "no rows in it", "[": "unexpected end"} {
		if _, err := ParseResults([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}
