package protocol

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// images is a data set with a number of samples, of three classes alternately.
type images int

func (n images) Len() int                      { return int(n) }
func (n images) Classes() []string             { return []string{"a", "b", "c"} }
func (n images) Name(i int) string             { return fmt.Sprintf("image %d", i) }
func (n images) Label(i int) int               { return i % 3 }
func (n images) Image(int) (*rgb.Image, error) { return nil, errors.New("no pixels are needed") }

func TestShots(t *testing.T) {
	ds := images(30)
	p, err := Shots(ds, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 4)
	if err != nil || p.Name != "2-shot" || len(p.Subsets) != 4 {
		t.Fatalf("%+v, %v", p, err)
	}
	seen := map[string]bool{}
	for _, s := range p.Subsets {
		if err := CheckShots(ds, s, 2); err != nil {
			t.Error(err)
		}
		for _, i := range s.Rows {
			if i < 1 || i > 9 {
				t.Errorf("%s has sample %d, outside of the list", s.Name, i)
			}
		}
		seen[fmt.Sprint(s.Rows)] = true
	}
	if len(seen) < 2 {
		t.Error("all seeds give the same subset")
	}
	if _, err := Shots(ds, []int{0, 1, 2, 3}, 2, 1); err == nil || !strings.Contains(err.Error(), `2-shot: class "b" has 1`) {
		t.Errorf("too few images: error %v", err)
	}
	if err := CheckShots(ds, Subset{"some.npy", []int{0, 1, 2, 3}}, 2); err == nil || !strings.Contains(err.Error(), `some.npy: class "b" has 1 images`) {
		t.Errorf("not balanced: error %v", err)
	}
	if _, err := Shots(ds, nil, 1, 0); err == nil {
		t.Error("no subsets are no error")
	}
}

// A Spec selects the samples of its lists, or draws them, and errors name list, class and
// number.
func TestResolve(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, rows := range map[string][]int{"one.npy": {0, 1, 2}, "two.npy": {3, 4, 5}, "uneven.npy": {0, 1, 2, 3}, "hole.npy": {0, 1}, "first.npy": {0, 1, 2, 3, 4, 5}, "beyond.npy": {0, 30}} {
		if err := dataset.WriteIndexList(at(name), rows); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		spec    Spec
		subsets int
		within  int // samples are below it
		want    string
	}{
		{Spec{Name: "all"}, 1, 30, ""},
		{Spec{Name: "l", Lists: []string{"one.npy", "uneven.npy"}}, 2, 4, ""},
		{Spec{Name: "k", Shots: 1, Lists: []string{"one.npy", "two.npy"}}, 2, 6, ""},
		{Spec{Name: "d", Shots: 2}, 7, 30, ""},
		{Spec{Name: "d", Shots: 2, Subsets: 3}, 3, 30, ""},
		{Spec{Name: "d", Shots: 1, From: "first.npy"}, 7, 6, ""},
		{Spec{Shots: 1, Lists: []string{"uneven.npy"}}, 0, 0, `uneven.npy: class "a" has 2 images, expected 1`},
		{Spec{Shots: 11}, 0, 0, `11-shot: class "a" has 10 images`},
		{Spec{Shots: 3, From: "first.npy"}, 0, 0, `3-shot: class "a" has 2 images`},
		{Spec{Lists: []string{"beyond.npy"}}, 0, 0, "beyond.npy: entry 1: index 30"},
		{Spec{Lists: []string{"none.npy"}}, 0, 0, "none.npy"},
		{Spec{Lists: []string{"hole.npy"}}, 0, 0, `hole.npy: class "c" has no image to fit on`},
	} {
		p, err := c.spec.In(at).Resolve(images(30), 7)
		if err == nil {
			err = p.Check(images(30))
		}
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: error %v, want %s", c.spec, err, c.want)
			}
			continue
		}
		if err != nil || p.Name != c.spec.Name || p.Shots != c.spec.Shots || len(p.Subsets) != c.subsets {
			t.Errorf("%v: %+v, error %v", c.spec, p, err)
		}
		for _, s := range p.Subsets {
			if c.spec.Shots > 0 && s.Len(images(30)) != 3*c.spec.Shots || slices.ContainsFunc(s.Rows, func(i int) bool { return i >= c.within }) {
				t.Errorf("%v: subset %+v", c.spec, s)
			}
		}
	}
}
