package score

import (
	"math"
	"testing"
)

func TestRetrieve(t *testing.T) {
	class := []string{"a", "a", "b", "x", ""}
	found := [][]string{{"a", "b", "a"}, {"b", "b", "b"}, {"a", "b"}, {"a"}, {"a"}}
	relevant := map[string]int{"a": 5, "b": 1}
	all, by, err := RetrieveGroups(class, found, relevant, 3, [3][]string{{"a"}, nil, {"b"}})
	if err != nil || all.Queries != 3 {
		t.Fatal(all, err)
	}
	near := func(what string, got Percent, want float64) {
		if math.Abs(float64(got)-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("R@3", all.Recall, 200./3)
	near("P@3", all.Precision, 100*(2./3+0+1./3)/3)
	near("mAP@3", all.MAP, 100*((1+2./3)/3+0+(1./2)/1)/3)
	near("R@3 of Many", by[0].Recall, 50)
	near("mAP@3 of Few", by[2].MAP, 50)
	if by[1].Recall.Known() || by[1].Queries != 0 {
		t.Errorf("Medium has %+v", by[1])
	}
	if _, err := Retrieve(class, found, relevant, 0); err == nil {
		t.Error("no neighbours")
	}
}
