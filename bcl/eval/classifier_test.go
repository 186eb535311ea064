package eval

import (
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	all := All()
	of, err := Choose(all, []string{"ridge", "knn"})
	if err != nil || len(of) != 2 || of[0] != all[3] || of[1] != all[0] {
		t.Errorf("%v, error %v", of, err)
	}
	for want, names := range map[string][]string{
		`classifier "tree" is not one of knn, 1nn, probe, ridge, lbfgs, svm, probe-sdclr, finetune`: {"knn", "tree"},
		"no classifier is named": nil,
	} {
		if _, err := Choose(all, names); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: error %v, want %s", names, err, want)
		}
	}
}

// Every new classifier has its own published settings, with unique names.
func TestClassifiers(t *testing.T) {
	seen := map[string]bool{}
	for i, c := range All() {
		if c == All()[i] {
			t.Errorf("%s is shared", c.Spec().Name)
		}
		for _, s := range c.Spec().Settings {
			if seen[s.Name] || s.Usage == "" || s.Value == nil || s.Check != nil && s.Check() != nil {
				t.Errorf("%s: setting %+v", c.Spec().Name, s)
			}
			seen[s.Name] = true
		}
		if training := slices.Contains(Names(WhileTraining()), c.Spec().Name); training == c.Spec().Copy {
			t.Errorf("%s while training: %v", c.Spec().Name, training)
		}
	}
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "knn") {
			t.Errorf("the same name twice: %q", r)
		}
	}()
	Register(DefaultKNN)
}
