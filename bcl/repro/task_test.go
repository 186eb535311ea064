package repro

import (
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/settings"
)

// The published evaluation is one call of bcl-eval.
func TestPublishedTask(t *testing.T) {
	p, err := Open("cifar100-lt")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(p, Select{})
	if err != nil {
		t.Fatal(err)
	}
	tasks := plan.Units[0].Tasks()
	if len(tasks) != 1 || tasks[0].Name() != "full-shot,100-shot,50-shot" {
		t.Fatalf("tasks %v", tasks)
	}
	if got := tasks[0].Eval.Args(); len(got) != 0 {
		t.Errorf("arguments %v", got)
	}
	whole, fifty := tasks[0].Protocols[0], tasks[0].Protocols[2]
	if !slices.Equal(whole.Lists, []string{"cifar100_trainIdxList.npy"}) || fifty.Shots != 50 || len(fifty.Lists) != 5 || fifty.Lists[4] != "cifar100_split5_test_50shot.npy" {
		t.Errorf("protocols %v and %v", whole, fifty)
	}
}

// Protocols on one probe set share a call, and only that of the first has all figures.
func TestTogether(t *testing.T) {
	whole, list := protocol.Spec{Name: "w"}, protocol.Spec{Name: "l", Lists: []string{"l.npy"}}
	draws, ten := protocol.Spec{Name: "d", Shots: 5}, protocol.Spec{Name: "t", Shots: 10, Lists: []string{"t.npy"}}
	other := protocol.Spec{Name: "o", Probe: "o.txt", Shots: 10}
	for _, c := range []struct {
		name      string
		protocols []protocol.Spec
		done      string // existing results
		want      []string
	}{
		{"everything and shots", []protocol.Spec{whole, draws, ten}, "", []string{"w,d,t"}},
		{"draws from everything next to a list", []protocol.Spec{list, draws, ten}, "", []string{"l,d,t"}},
		{"two without shots", []protocol.Spec{whole, list, ten}, "", []string{"w,l,t"}},
		{"another probe set", []protocol.Spec{ten, other}, "", []string{"t", "o by probe"}},
		{"one alone", []protocol.Spec{whole}, "", []string{"w"}},
		{"the first is done", []protocol.Spec{whole, draws, ten}, "w", []string{"d,t by probe"}},
		{"all but the first are done", []protocol.Spec{whole, draws, other}, "o,d", []string{"w"}},
		{"all are done", []protocol.Spec{whole, draws, ten}, "w,d,t", nil},
	} {
		u := &Unit{Part: &Part{Protocols: c.protocols}}
		var got []string
		for _, task := range u.Missing(&Record{Results: []Result{{Protocol: c.done}}}) {
			name := task.Name()
			if by := task.Eval.Get("by"); by != "" {
				name += " by " + by
			}
			got = append(got, name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: calls %q, want %q", c.name, got, c.want)
		}
	}
}

// ImageNet-LT and its like are evaluated by the protocols of their papers.
func TestImageNetTasks(t *testing.T) {
	p, err := Open("imagenet-lt")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(p, Select{Methods: []string{"sdclr"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range plan.Units {
		for _, task := range u.Tasks() {
			got = append(got, u.Part.Name+" "+task.Name()+" "+strings.Join(task.Eval.Args(), " ")+" "+task.Protocols[0].Probe+" "+u.Part.Validation)
		}
	}
	want := []string{
		"imagenet-lt 100-shot --protocol=gh-imagenet --by=knn,probe ImageNet_split1_test_100shot.txt ",
		"imagenet-100-lt full-shot --protocol=sdclr --by=knn,probe-sdclr ImageNet_100_train.txt ImageNet_100_val.txt",
		"imagenet-100-lt 1-percent --protocol=sdclr --by=probe-sdclr imageNet_100_sub_balance_train_0.01.txt ImageNet_100_val.txt",
		"places-lt 100-shot --protocol=gh-imagenet --by=knn,probe Places_split1_test_100shot.txt ",
		"inaturalist-2018 full-shot --protocol=gh-imagenet --by=knn,probe iNaturalist18_train.txt ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("calls %q, want %q", got, want)
	}
	for by, want := range map[string]string{"": "probe", "knn": "probe", "knn,probe-sdclr": "probe-sdclr", "ridge,knn,probe": "probe", "ridge": "ridge"} {
		if got := linear(settings.List{{Name: "by", Value: by}}); got != want {
			t.Errorf("by %q the table has %s, want %s", by, got, want)
		}
	}
}
