package repro

import (
	"slices"
	"testing"
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
	if got := tasks[0].Eval.Args(); !slices.Equal(got, []string{"--shots=full,100,50"}) {
		t.Errorf("arguments %v", got)
	}
	whole, shots := plan.ProbeLists(tasks[0]), plan.ShotLists(tasks[0])
	if !slices.Equal(whole, []string{"cifar100_trainIdxList.npy"}) || len(shots) != 10 || shots[9] != "cifar100_split5_test_50shot.npy" {
		t.Errorf("lists %v and %v", whole, shots)
	}
	for row, want := range map[string]string{"full": "full-shot", "100-shot": "100-shot", "50-shot": "50-shot", "5-shot": ""} {
		if got := tasks[0].of(row); got != want {
			t.Errorf("row %s is of %q, want %q", row, got, want)
		}
	}
}

// Protocols share a call where that changes nothing.
func TestTogether(t *testing.T) {
	whole, list := Protocol{Name: "w"}, Protocol{Name: "l", Lists: []string{"l.npy"}}
	draws, ten := Protocol{Name: "d", Shots: 5}, Protocol{Name: "t", Shots: 10, Lists: []string{"t.npy"}}
	other := Protocol{Name: "o", Probe: "o.txt", Shots: 10}
	for _, c := range []struct {
		name      string
		protocols []Protocol
		want      []string
		shots     string // of the first call
	}{
		{"everything and shots", []Protocol{whole, draws, ten}, []string{"w,d,t"}, "full,5,10"},
		{"draws from everything beside a list", []Protocol{list, draws, ten}, []string{"l,t", "d"}, "full,10"},
		{"a list beside draws", []Protocol{draws, list}, []string{"d", "l"}, "5"},
		{"two without shots", []Protocol{whole, list, ten}, []string{"w,t", "l"}, "full,10"},
		{"another probe set", []Protocol{ten, other}, []string{"t", "o"}, "10"},
		{"one alone", []Protocol{whole}, []string{"w"}, ""},
	} {
		u := &Unit{Part: &Part{Protocols: c.protocols}}
		var got []string
		tasks := u.Tasks()
		for i, task := range tasks {
			got = append(got, task.Name())
			if by := task.Eval.Get("by"); (by == "probe") != (i > 0) {
				t.Errorf("%s: call %d is by %q", c.name, i, by)
			}
		}
		if !slices.Equal(got, c.want) || tasks[0].Eval.Get("shots") != c.shots {
			t.Errorf("%s: calls %q, shots %q; want %q and %q", c.name, got, tasks[0].Eval.Get("shots"), c.want, c.shots)
		}
	}
}
