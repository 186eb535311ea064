package legacy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset/legacy"
)

func ExampleGenerator_Shuffle() {
	g := legacy.New(0) // np.random.seed(0)
	list := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	g.Shuffle(list)
	fmt.Println(list)
	// Output: [2 8 4 9 1 6 7 3 0 5]
}

// testdata/make_goldens.py shuffles with NumPy.
func TestShuffleIsNumPys(t *testing.T) {
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Shuffles []struct {
			Seed uint32
			Of   [][]int
		}
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Shuffles {
		r := legacy.New(c.Seed)
		for _, want := range c.Of { // one after the other
			got := make([]int, len(want))
			for i := range got {
				got[i] = i
			}
			if r.Shuffle(got); !slices.Equal(got, want) {
				t.Errorf("seed %d, %d elements: %v, want %v", c.Seed, len(want), got, want)
			}
		}
	}
}
