package settings

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestList(t *testing.T) {
	l, err := Parse([]byte("lr: 0.5\nbatchSize: 512\nby: [knn, probe]\n"))
	if err != nil {
		t.Fatal(err)
	}
	l = l.With("batch_size", "256").With("seed", "3")
	if got := l.Args(); !slices.Equal(got, []string{"--lr=0.5", "--batch-size=256", "--by=knn,probe", "--seed=3"}) {
		t.Errorf("arguments %v", got)
	}
	if l.Get("by") != "knn,probe" || l.Get("none") != "" || len(l.Without("lr", "none")) != 3 || len(l) != 4 {
		t.Errorf("%v", l)
	}
	text, err := json.Marshal(l)
	var back List
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil || len(l.Changes(back)) != 0 || back[0].Name != "batch-size" {
		t.Errorf("%s came back as %v, error %v", text, back, err)
	}
	if _, err := Parse([]byte("- lr")); err == nil || !strings.Contains(err.Error(), "name: value") {
		t.Errorf("a list of strings: error %v", err)
	}
}

func TestCheckLayer(t *testing.T) {
	for want, layer := range map[string]yaml.MapSlice{
		"":                              {{Key: "lr", Value: 1}, {Key: "by", Value: []any{"knn", 2}}},
		"trainSplit: is repeated":       {{Key: "train-split", Value: 1}, {Key: "trainSplit", Value: 1}},
		"lr: is a []interface {}":       {{Key: "lr", Value: []any{[]any{1}}}},
		"a name is a map[string]string": {{Key: map[string]string{}, Value: 1}},
	} {
		if err := CheckLayer(layer); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", layer, err, want)
		}
	}
}

func TestChanges(t *testing.T) {
	before := List{{"lr", "0.50"}, {"epochs", "20"}, {"width", "64"}}
	now := List{{"model", "resnet10"}, {"lr", "0.5"}, {"epochs", "30"}}
	want := []Change{{Name: "model", Now: "resnet10", Added: true}, {Name: "epochs", Before: "20", Now: "30"}, {Name: "width", Before: "64", Gone: true}}
	if got := before.Changes(now); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"epochs", "batch-size", "lr", "weight-decay", "warmup"}
	for name, want := range map[string]string{"epoch": "epochs", "batchsize": "batch-size", "weight": "weight-decay", "lrr": "lr", "nothing-like-it": ""} {
		if got := Nearest(name, names); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
