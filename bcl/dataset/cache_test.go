package dataset

import (
	"image/color"
	"testing"
)

// A file in several data sets with one cache is decoded once, and takes its memory once.
func TestCacheIsShared(t *testing.T) {
	dir := t.TempDir()
	px := pngOf(t, 4, 4, color.White)
	write(t, dir, map[string][]byte{"train/a/1.png": px, "train/b/2.png": px, "test/a/3.png": px, "test/b/4.png": px})
	cache := NewCache(4 * 48) // of all four
	labelled, err := Open(dir, Options{Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Open(dir, Options{Cache: cache, Unlabelled: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range labelled.Train.Len() {
		a, errA := labelled.Train.Image(i)
		b, errB := whole.Train.Image(i)
		if errA != nil || errB != nil || a != b {
			t.Errorf("image %d was decoded twice, errors %v, %v", i, errA, errB)
		}
	}
	for i := range labelled.Test.Len() {
		a, errA := labelled.Test.Image(i)
		b, errB := labelled.Test.Image(i)
		if errA != nil || errB != nil || a != b {
			t.Errorf("there was no room for test image %d, errors %v, %v", i, errA, errB)
		}
	}
	if cache.left != 0 || len(cache.kept) != 4 {
		t.Errorf("%d bytes are left, %d images kept", cache.left, len(cache.kept))
	}
}
