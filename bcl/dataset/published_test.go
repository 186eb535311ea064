package dataset

import (
	"slices"
	"testing"
)

// published has the images per class (0 to 99) in the five published training lists,
// cifar100_split{1..5}_D_i.npy. They were counted by hand:
//
// The lists are grouped by class, and so are cifar100_trainIdxList.npy (blocks of 400)
// and the probe lists, which gives the class of 8,637 to 8,708 of each list's 9,754
// samples. The rest are between two samples of known class, or in another list; 5 to 12
// per list remain at the border of two classes. In each list, only one assignment of
// those, keeping the order, agrees with the formula.
var published = [5][100]int{
	{
		4, 5, 9, 234, 25, 257, 106, 450, 140, 340, 55, 5, 282, 24, 429, 194, 15, 22, 6, 50,
		223, 269, 48, 58, 134, 16, 111, 185, 15, 8, 43, 19, 36, 34, 66, 80, 40, 7, 33, 41,
		73, 28, 169, 88, 177, 21, 11, 101, 7, 391, 213, 116, 310, 8, 9, 128, 204, 410, 84, 19,
		324, 14, 31, 5, 245, 13, 9, 11, 13, 147, 4, 30, 356, 18, 6, 12, 5, 63, 4, 46,
		10, 96, 373, 122, 17, 26, 27, 161, 92, 60, 154, 10, 52, 6, 7, 38, 70, 20, 76, 296,
	},
	{
		4, 60, 4, 18, 213, 134, 15, 30, 9, 10, 324, 128, 28, 116, 80, 50, 58, 9, 410, 310,
		5, 9, 147, 92, 15, 4, 13, 169, 11, 204, 11, 391, 16, 46, 34, 7, 19, 282, 25, 55,
		8, 73, 66, 140, 43, 88, 24, 161, 13, 245, 63, 22, 33, 5, 84, 14, 234, 356, 17, 76,
		48, 122, 7, 5, 5, 185, 373, 257, 111, 40, 8, 70, 101, 429, 6, 36, 340, 26, 20, 177,
		12, 296, 27, 10, 450, 194, 7, 6, 52, 41, 31, 6, 19, 223, 38, 106, 96, 154, 21, 269,
	},
	{
		70, 4, 14, 223, 269, 122, 27, 30, 310, 5, 36, 154, 31, 63, 11, 9, 391, 16, 41, 13,
		7, 296, 28, 26, 128, 373, 8, 429, 13, 76, 204, 50, 6, 4, 7, 169, 340, 9, 24, 234,
		257, 88, 410, 194, 106, 21, 15, 8, 101, 5, 5, 80, 185, 19, 33, 147, 324, 58, 92, 22,
		40, 134, 20, 73, 111, 177, 96, 38, 282, 356, 10, 34, 10, 17, 25, 12, 140, 15, 48, 46,
		66, 6, 4, 245, 55, 11, 213, 5, 161, 84, 116, 19, 18, 9, 60, 43, 52, 6, 7, 450,
	},
	{
		356, 55, 17, 30, 324, 63, 9, 213, 245, 27, 6, 5, 269, 169, 204, 5, 13, 282, 147, 4,
		80, 26, 60, 34, 429, 10, 50, 134, 92, 43, 185, 15, 66, 19, 36, 11, 5, 101, 96, 4,
		24, 73, 8, 6, 15, 116, 8, 6, 48, 20, 70, 296, 234, 28, 223, 11, 22, 7, 106, 450,
		38, 161, 25, 194, 7, 16, 13, 391, 9, 14, 12, 10, 46, 373, 154, 140, 122, 177, 310, 40,
		257, 128, 7, 31, 33, 340, 84, 4, 52, 19, 5, 9, 111, 18, 76, 58, 21, 410, 41, 88,
	},
	{
		4, 9, 5, 12, 46, 450, 213, 6, 391, 26, 18, 204, 111, 5, 70, 38, 257, 161, 13, 84,
		92, 31, 43, 324, 234, 48, 66, 21, 14, 7, 245, 34, 101, 134, 10, 11, 223, 15, 9, 22,
		9, 154, 33, 20, 356, 140, 63, 30, 147, 60, 310, 25, 55, 76, 19, 128, 13, 17, 8, 7,
		4, 6, 15, 52, 19, 410, 24, 169, 340, 80, 8, 282, 4, 36, 177, 296, 5, 116, 16, 6,
		58, 11, 40, 194, 96, 429, 269, 73, 28, 88, 122, 50, 106, 5, 7, 373, 10, 185, 27, 41,
	},
}

func TestPublishedSplits(t *testing.T) {
	want, err := LongTailCounts(100, 450, 100)
	if err != nil {
		t.Fatal(err)
	}
	if sum(want) != 9754 {
		t.Errorf("%d images, the published lists have 9,754", sum(want))
	}
	for i, counts := range published {
		var size [3]int
		least, most := [3]int{450, 450, 450}, [3]int{}
		for c, g := range Groups(counts[:]) {
			size[g]++
			least[g], most[g] = min(least[g], counts[c]), max(most[g], counts[c])
		}
		if size != [3]int{34, 33, 33} || least != [3]int{96, 20, 4} || most != [3]int{450, 92, 19} {
			t.Errorf("list %d: groups of %v, images %v to %v", i+1, size, least, most)
		}
		slices.Sort(counts[:])
		slices.Reverse(counts[:])
		if !slices.Equal(counts[:], want) {
			t.Errorf("list %d: counts %v, want %v", i+1, counts, want)
		}
	}
}

// TestPublishedSizes: the totals of the other published lists.
func TestPublishedSizes(t *testing.T) {
	for _, c := range []struct {
		name           string
		classes, total int
		spec           SplitSpec
	}{
		{"CIFAR-10-LT", 10, 11165, SplitSpec{Kind: LongTail}},
		{"CIFAR-10, balanced", 10, 11160, SplitSpec{Kind: Balanced}},
		{"CIFAR-100-LT", 100, 9754, SplitSpec{Kind: LongTail}},
		{"CIFAR-100, balanced", 100, 9700, SplitSpec{Kind: Balanced}},
		{"CIFAR-100, 100-shot", 100, 10000, SplitSpec{Kind: Shots, Shots: 100}},
		{"CIFAR-100, 50-shot", 100, 5000, SplitSpec{Kind: Shots, Shots: 50}},
	} {
		s, err := MakeSplit(balanced(c.classes, 50000/c.classes), c.spec, nil)
		if err != nil || len(s.Indices) != c.total {
			t.Errorf("%s: %d images, error %v, want %d", c.name, len(s.Indices), err, c.total)
		}
	}
}
