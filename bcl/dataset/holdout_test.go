package dataset

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// tagged is a data set in memory: classes with these numbers of images, -1 last.
type tagged struct {
	labels  []int
	classes []string
}

func newTagged(unlabelled int, counts ...int) *tagged {
	t := &tagged{}
	for c, n := range counts {
		t.classes = append(t.classes, fmt.Sprint("class ", c))
		t.labels = append(t.labels, slices.Repeat([]int{c}, n)...)
	}
	t.labels = append(t.labels, slices.Repeat([]int{-1}, unlabelled)...)
	return t
}

func (t *tagged) Len() int                      { return len(t.labels) }
func (t *tagged) Image(int) (*rgb.Image, error) { return rgb.New(1, 1), nil }
func (t *tagged) Label(i int) int               { return t.labels[i] }
func (t *tagged) Classes() []string             { return t.classes }
func (t *tagged) Name(i int) string             { return fmt.Sprintf("%d.png", i) }

func TestHoldout(t *testing.T) {
	all := newTagged(4, 100, 10, 3, 2, 1)
	held := func(h Holdout) *Place {
		p := &Place{Path: "photos", Train: all, Probe: labelled(all)}
		if err := p.holdOut(h, false); err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := held(Holdout{Share: 0.2})
	test, _ := Counts(p.Test)
	train, unlabelled := Counts(p.Train)
	if want := []int{20, 2, 1, 1, 0}; !slices.Equal(test, want) {
		t.Errorf("held out %v, want %v", test, want)
	}
	if want := []int{80, 8, 2, 1, 1}; !slices.Equal(train, want) || unlabelled != 4 {
		t.Errorf("left %v and %d unlabelled, want %v and 4", train, unlabelled, want)
	}
	probe, _ := Counts(p.Probe)
	if !slices.Equal(probe, train) {
		t.Errorf("probe %v, want %v", probe, train)
	}
	joined := append(names(p.Train), names(p.Test)...)
	slices.Sort(joined)
	if whole := names(all); !slices.Equal(joined, slices.Sorted(slices.Values(whole))) {
		t.Error("training and test images are not all, each once")
	}
	if !slices.Equal(names(p.Test), names(held(Holdout{Share: 0.2}).Test)) {
		t.Error("the same seed holds out other images")
	}
	if slices.Equal(names(p.Test), names(held(Holdout{Share: 0.2, Seed: 1}).Test)) {
		t.Error("another seed holds out the same images")
	}
	// A larger share holds out what the smaller one did, and more.
	larger := names(held(Holdout{Share: 0.5}).Test)
	for _, name := range names(p.Test) {
		if !slices.Contains(larger, name) {
			t.Errorf("%s is held out with 0.2 and not with 0.5", name)
		}
	}
	// Without some images, what is held out is held out in the whole too, but for a few.
	few := &subset{all, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 101, 102, 103, 104}}
	r := &Place{Path: "photos", Train: few, Probe: few}
	if err := r.holdOut(Holdout{Share: 0.2}, false); err != nil {
		t.Fatal(err)
	}
	half := names(held(Holdout{Share: 0.5}).Test)
	for _, name := range names(r.Test) {
		if !slices.Contains(half, name) {
			t.Errorf("%s is held out of 15 images, but is not among the first half of all", name)
		}
	}
	// With a list of test images, those are tested on, and the others left out all the same.
	listed := newTagged(0, 3, 3, 3, 3, 3)
	q := &Place{Path: "photos", Train: all, Probe: labelled(all), Test: listed}
	if err := q.holdOut(Holdout{Share: 0.2}, true); err != nil || q.Test != Dataset(listed) || !slices.Equal(names(q.Train), names(p.Train)) {
		t.Errorf("with a test list: %d test and %d training images, error %v", q.Test.Len(), q.Train.Len(), err)
	}
	// Index lists count in the parts as they were.
	if in, numbers := whole(p.Train); in != Dataset(all) || len(numbers) != p.Train.Len() {
		t.Errorf("lists count in %d images", in.Len())
	}
}

func TestHoldoutErrors(t *testing.T) {
	all := newTagged(0, 5, 5)
	for _, c := range []struct {
		p    Place
		want string
	}{
		{Place{Path: "photos", Train: all, Probe: all, Test: all}, "photos has test images"},
		{Place{Path: "photos", Train: newTagged(3)}, "photos has no labels"},
		{Place{Path: "photos", Train: newTagged(0, 1, 1), Probe: newTagged(0, 1, 1)}, "photos: none of the 2 classes has two labelled training images, of which a holdout leaves one: add images"},
	} {
		if err := c.p.holdOut(Holdout{Share: 0.2}, false); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	for text, want := range map[string]Holdout{"": {}, "0": {}, "0.2": {Share: 0.2}, "0.25,7": {0.25, 7}, " .5, 1": {0.5, 1}} {
		if h, err := ParseHoldout(text); err != nil || h != want {
			t.Errorf("%q is %v, %v", text, h, err)
		}
	}
	for _, text := range []string{"1", "-0.1", "20%", "0.2,", "0.2,x", ",1", "nan", "inf", fmt.Sprint(math.MaxFloat64), "0,2", "0.0, 25"} {
		if h, err := ParseHoldout(text); err == nil {
			t.Errorf("%q is %v", text, h)
		}
	}
	if _, err := ParseHoldout("0, 25"); err == nil || !strings.Contains(err.Error(), "a point in the share, 0.25, or a share above 0 and a seed: 0.2,25") {
		t.Errorf("a decimal comma: %v", err)
	}
}
