package repro

import (
	"strconv"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// hundred is a data set with the labels of CIFAR-100: 500 images of each class.
type hundred struct{ dataset.Dataset }

func (hundred) Len() int        { return 50_000 }
func (hundred) Label(i int) int { return i * 7 % 100 }
func (hundred) Classes() (names []string) {
	for c := range 100 {
		names = append(names, strconv.Itoa(c))
	}
	return names
}

// Geometric Harmonization's preset trains on LDAM's 10,847 images, the most of class 0.
func TestHarmonizationPreset(t *testing.T) {
	p, err := Open("gh-cifar100-lt")
	if err != nil {
		t.Fatal(err)
	}
	split, err := dataset.MakeSplit(hundred{}, *p.Parts[0].Splits[0].Make, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := split.Counts; len(split.Indices) != 10_847 || n[0] != 500 || n[1] != 477 || n[99] != 5 {
		t.Errorf("%d images, %v per class", len(split.Indices), n)
	}
	plan, err := NewPlan(p, Select{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range plan.Units {
		if got := u.Tasks(); len(got) != 1 || got[0].Eval.Get("protocol") != "gh-cifar" || u.Train.Get("recipe") != "gh-cifar100-lt" {
			t.Errorf("%s: %v, trained by %v", u.Name(), got, u.Train)
		}
	}
}
