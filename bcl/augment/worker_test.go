package augment_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
)

// recipes are the pipelines of the tests, with a weight.
var recipes = []struct {
	name   string
	p      *augment.Pipeline
	w, h   int
	weight float64
}{
	{"base", augment.CIFAR(32), 32, 32, 0},
	{"k1", augment.CIFAR(32).With(augment.Boost{K: 1, R: 30}), 32, 32, 0.9},
	{"k2", augment.CIFAR(32).With(augment.Boost{K: 2, R: 30}), 32, 32, 0.9},
	{"imagenet", augment.ImageNet(64).With(augment.Boost{K: 2, R: 30, NoFloor: true}), 150, 100, 0.9},
}

// TestViewsStay pins the views of seeds: a change here breaks the reproducibility of
// runs.
func TestViewsStay(t *testing.T) {
	want := map[string]string{
		"base": "7256bb7c9b804f26", "k1": "6acc994765b9ed27", "k2": "eaf76c6f57e2ca2d", "imagenet": "4abf83d62c327875",
	}
	for _, r := range recipes {
		src := noise(r.w, r.h, rand.New(rand.NewPCG(1, 2)))
		k := r.p.NewWorker()
		dst := make([]uint8, 3*r.p.Size*r.p.Size)
		h := fnv.New64a()
		for i := range uint32(200) {
			k.View(dst, src, r.weight, 10, i/2, i, uint8(i%2))
			h.Write(dst)
		}
		if got := fmt.Sprintf("%016x", h.Sum64()); got != want[r.name] {
			t.Errorf("%s: hash of 200 views %s, want %s", r.name, got, want[r.name])
		}
	}
}

// TestViewsDependOnTheirNamesOnly: a worker's history does not matter.
func TestViewsDependOnTheirNamesOnly(t *testing.T) {
	for _, r := range recipes {
		src := photo(r.w, r.h)
		old := r.p.NewWorker()
		a, b := make([]uint8, 3*r.p.Size*r.p.Size), make([]uint8, 3*r.p.Size*r.p.Size)
		for i := range uint32(50) {
			old.View(a, src, r.weight, 1, 2, i, 0)
			r.p.NewWorker().View(b, src, r.weight, 1, 2, i, 0)
			if !bytes.Equal(a, b) {
				t.Fatalf("%s: sample %d differs between an old and a new worker", r.name, i)
			}
			old.View(b, src, r.weight, 1, 2, i, 1)
			if bytes.Equal(a, b) {
				t.Errorf("%s: the two views of sample %d are equal", r.name, i)
			}
		}
	}
}

// TestWeightZeroIsTheBase: before the first epoch's losses are known, BCL is
// SimCLR.
func TestWeightZeroIsTheBase(t *testing.T) {
	base, boosted := recipes[0].p.NewWorker(), recipes[2].p.NewWorker()
	src := photo(32, 32)
	a, b := make([]uint8, 3072), make([]uint8, 3072)
	for i := range uint32(300) {
		base.View(a, src, 0, 1, 1, i, 0)
		boosted.View(b, src, 0, 1, 1, i, 0)
		if !bytes.Equal(a, b) {
			t.Fatalf("sample %d", i)
		}
	}
}

func TestPlainOfTheRightSizeIsACopy(t *testing.T) {
	src := photo(32, 32)
	dst := make([]uint8, len(src.Pix))
	augment.CIFAR(32).NewWorker().Plain(dst, src, 32)
	if !bytes.Equal(dst, src.Pix) {
		t.Error("pixels changed")
	}
}

func TestWrongLengthPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a destination of the wrong length")
		}
	}()
	augment.CIFAR(32).NewWorker().View(make([]uint8, 10), photo(32, 32), 0, 1, 1, 1, 0)
}
