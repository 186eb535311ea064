package score

import (
	"encoding/json"
	"slices"
)

// overClasses sets the measures over all classes from their accuracies, which need no
// groups.
func (a *Accuracy) overClasses() {
	a.ClassStd, a.WorstThird, a.Harmonic = None(), None(), None()
	var known []Percent
	for _, p := range a.PerClass {
		if p.Known() {
			known = append(known, p)
		}
	}
	if len(known) == 0 {
		return
	}
	a.ClassStd = Percent(deviation(known, 0))
	slices.Sort(known)
	a.WorstThird = average(known[:max(1, len(known)/3)])
	inverse := 0.0
	for _, p := range known {
		if p == 0 {
			a.Harmonic = 0
			return
		}
		inverse += 1 / float64(p)
	}
	a.Harmonic = Percent(float64(len(known)) / inverse)
}

// UnmarshalJSON reads an accuracy. Results of earlier versions lack the measures over all
// classes, which follow from the accuracies of the classes.
func (a *Accuracy) UnmarshalJSON(text []byte) error {
	type plain Accuracy
	var v struct {
		plain
		Has *Percent `json:"class_std"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*a = Accuracy(v.plain)
	if v.Has == nil {
		a.overClasses()
	} else {
		a.ClassStd = *v.Has
	}
	return nil
}
