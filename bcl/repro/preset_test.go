package repro

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// micro is a preset of two methods.
const micro = `
name: micro
seeds: [1, 2]
methods:
  - {method: simclr, label: SimCLR}
  - {method: bcl-i, name: strong, train: {rand_strength: 20, lr: 0.3}}
train: {epochs: 2, lr: 0.1}
eval: {probe-epochs: 5}
parts:
  - name: a
    data: embedded
    train: {lr: 0.2, threads: 1}
    protocols: [{name: full-shot}, {name: few, lists: [x.npy, y.npy]}]
    published: [{method: strong, top1: {few: 40.5}}]
  - name: b
    data: cifar10
    splits: [{name: s1, list: s1.npy}, {name: s2, make: {kind: long-tail, seed: 3}}]
    protocols: [{name: full-shot}]
`

func parse(t *testing.T, text string) *Preset {
	t.Helper()
	p, err := Parse([]byte(text), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every error names the file and what is wrong.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"seeds:", "seed:", `unknown field "seed"`},
		{"label: SimCLR", "lable: SimCLR", `unknown field "lable"`},
		{"seeds: [1, 2]", "seeds: []", "seeds: missing"},
		{"seeds: [1, 2]", "seeds: [1, 1]", `seeds: "1" is repeated`},
		{"method: simclr", "method: simclear", `methods[0].method: "simclear" is not one of [simclr`},
		{"name: strong", "name: ../x", `methods[1]: "../x", expected letters`},
		{"epochs: 2", "save_dir: x", "train: save_dir: bcl-repro sets this itself"},
		{"epochs: 2", "saveDir: x", "train: saveDir: bcl-repro sets this itself"},
		{"epochs: 2", "Data_Folder: x", "train: Data_Folder: bcl-repro sets this itself"},
		{"epochs: 2", "bcl: true", "train: bcl: bcl-repro sets this itself"},
		{"epochs: 2", "epochs: 2, batchSize: 4, batch-size: 8", "train: batch-size: is repeated"},
		{"epochs: 2", "epochs: [[2]]", "train: epochs: is a []interface {}, expected a string"},
		{"epochs: 2", "epochs: {a: 2}", "train: epochs: is a map[string]interface {}, expected a string"},
		{"probe-epochs", "probe-list", "eval: probe-list: bcl-repro sets this itself"},
		{"probe-epochs", "finetune_save", "eval: finetune_save: every run would write to the same file"},
		{"probe-epochs: 5", "protocol: imagenet", "eval: protocol: imagenet is not one of bcl, sdclr, gh-imagenet, gh-cifar, ts"},
		{"probe-epochs: 5", "protocol: '{name: a}'", "eval: protocol: {name: a} is not one of"},
		{"probe-epochs", "val-list", "eval: val-list: bcl-repro sets this itself"},
		{"data: cifar10", "data: cifar10\n    validation: /v.txt", `part b: validation: list "/v.txt"`},
		{"probe-epochs", "shots", "eval: shots: bcl-repro sets this itself"},
		{"lists: [x.npy, y.npy]", "lists: [x.txt]", `part a: protocol few: list "x.txt", expected the name of a .npy file`},
		{"lists: [x.npy, y.npy]", "lists: [x.npy], probe: all.txt", "part a: protocol few: lists without shots exclude probe"},
		{"lists: [x.npy, y.npy]", "shots: -5", "part a: protocol few: shots -5, expected"},
		{"lists: [x.npy, y.npy]", "probe: /all.txt", `part a: protocol few: probe: list "/all.txt"`},
		{"data: cifar10", "data: cifar10\n    test: ../t.txt", `part b: test: list "../t.txt"`},
		{"name: b", "name: a", `"a" is repeated`},
		{"x.npy", "../x.npy", `part a: protocol few: list "../x.npy"`},
		{"name: s2, make", "name: s2, list: z.npy, make", "part b: split s2: list and make exclude"},
		{"{method: strong, top1", "{method: bcl-i, top1", `part a: published: method "bcl-i"`},
		{"{few: 40.5}", "{many: 40.5}", `protocol "many"`},
	} {
		text := strings.Replace(micro, c.from, c.to, 1)
		if text == micro {
			t.Fatalf("%q is not in the preset", c.from)
		}
		_, err := Parse([]byte(text), "test.yaml")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "test.yaml: ") {
			t.Errorf("%s for %s: error %v, expected %q", c.to, c.from, err, c.want)
		}
	}
}

func TestOpen(t *testing.T) {
	if _, err := ReadFile("../../docs/preset.yaml"); err != nil {
		t.Error(err)
	}
	for _, name := range Names() {
		p, err := Open(name)
		if err != nil {
			t.Error(err)
		} else if p.Name != name {
			t.Errorf("preset %s calls itself %s", name, p.Name)
		}
	}
	for name, want := range map[string]string{"cifar-100-lt": "cifar100-lt", "cifar100lt": "cifar100-lt", "cifar100": "cifar100-lt", "cifar10": "cifar10-lt", "smal": "small"} {
		var unknown *UnknownError
		if _, err := Open(name); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "did you mean "+want+"?") {
			t.Errorf("error %v does not suggest %s", err, want)
		}
	}
	if _, err := Open("imagenet-21k-of-somebody"); err == nil || strings.Contains(err.Error(), "did you mean") {
		t.Errorf("error %v suggests a preset although none is near", err)
	}
}

func TestPlan(t *testing.T) {
	p := parse(t, micro)
	plan, err := NewPlan(p, Select{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i, u := range plan.Units {
		names = append(names, u.Name())
		if u.Index != i {
			t.Errorf("unit %d has index %d", i, u.Index)
		}
	}
	want := []string{"a/all/simclr-1", "a/all/strong-1", "a/all/simclr-2", "a/all/strong-2",
		"b/s1/simclr-1", "b/s1/strong-1", "b/s1/simclr-2", "b/s1/strong-2",
		"b/s2/simclr-1", "b/s2/strong-1", "b/s2/simclr-2", "b/s2/strong-2"}
	if !slices.Equal(names, want) {
		t.Errorf("units %v, want %v", names, want)
	}
	args := plan.Units[1].Train.Args()
	if want := []string{"--epochs=2", "--lr=0.3", "--threads=1", "--rand-strength=20", "--method=bcl-i", "--seed=1"}; !slices.Equal(args, want) {
		t.Errorf("arguments %v, want %v", args, want)
	}
	tasks := plan.Units[0].Tasks()
	if len(tasks) != 1 || tasks[0].Name() != "full-shot,few" || tasks[0].Eval.Get("by") != "" {
		t.Errorf("tasks %v", tasks)
	}
	plan.Splits = "/splits"
	if got := plan.InSplits(tasks[0].Protocols[1]).Lists; !slices.Equal(got, []string{"/splits/x.npy", "/splits/y.npy"}) {
		t.Errorf("lists of the second protocol %v", got)
	}
	if got := plan.DataKeys(); !slices.Equal(got, []string{"cifar10"}) {
		t.Errorf("data %v", got)
	}
	if got := plan.Lists(); !slices.Equal(got, []string{"x.npy", "y.npy", "s1.npy"}) {
		t.Errorf("lists %v", got)
	}
}

// A few-shot protocol asks bcl-eval for subsets of a list; lists of values are one flag.
func TestShotsOfList(t *testing.T) {
	p := parse(t, `
name: large
seeds: [1]
methods: [{method: simclr}]
eval: {by: [knn, probe], groups: counts}
parts:
  - name: a
    data: images
    test: test.txt
    splits: [{name: lt, list: lt.txt}]
    protocols: [{name: 100-shot, probe: all.txt, shots: 100}, {name: full-shot, probe: all.json}]
`)
	plan, err := NewPlan(p, Select{})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Lists(); !slices.Equal(got, []string{"lt.txt", "test.txt", "all.txt", "all.json"}) {
		t.Errorf("lists %v", got)
	}
	tasks := plan.Units[0].Tasks()
	if len(tasks) != 2 || tasks[0].Protocols[0].String() != `{"name":"100-shot","probe":"all.txt","shots":100}` || tasks[1].Protocols[0].String() != `{"name":"full-shot","probe":"all.json"}` {
		t.Fatalf("tasks %v", tasks)
	}
	if got := tasks[0].Eval.Args(); !slices.Equal(got, []string{"--by=knn,probe", "--groups=counts"}) {
		t.Errorf("the first: %v", got)
	}
	if got := tasks[1].Eval.Args(); !slices.Equal(got, []string{"--by=probe", "--groups=counts"}) {
		t.Errorf("the second: %v", got)
	}
}

func TestSelect(t *testing.T) {
	p := parse(t, micro)
	plan, err := NewPlan(p, Select{Only: []string{"b/s2"}, Methods: []string{"strong"}, Seeds: []uint64{7}})
	if err != nil || len(plan.Units) != 1 || plan.Units[0].Name() != "b/s2/strong-7" {
		t.Fatalf("units %v, error %v", plan, err)
	}
	if _, err := NewPlan(p, Select{Only: []string{"b/s3"}}); err == nil || !strings.Contains(err.Error(), `no part "b/s3"; it has a, b, b/s1, b/s2`) {
		t.Errorf("error %v", err)
	}
	if _, err := NewPlan(p, Select{Methods: []string{"simclr", "bcl-i"}}); err == nil || !strings.Contains(err.Error(), `no method "bcl-i"; it has simclr, strong`) {
		t.Errorf("error %v", err)
	}
}
