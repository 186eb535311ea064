package signal_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/signal"
)

// Samples 0 and 1 are near each other, sample 2 is alone: its density is low.
func Example() {
	b := signal.Batch{
		Z1:          [][]float64{{1, 0}, {1, 0.1}, {-1, 0}},
		Z2:          [][]float64{{1, 0.1}, {1, 0}, {-1, 0.2}},
		Temperature: 0.2, Top: 2,
	}
	for _, s := range signal.All() {
		if s.Record {
			fmt.Printf("%-8s %5.2f  tail: %v\n", s.Name, s.OfBatch(b), s.Tail)
		}
	}
	// Output:
	// loss     [ 1.11  1.11  0.00]  tail: high
	// align    [ 0.00  0.00  0.02]  tail: high
	// density  [ 4.29  4.29 -4.91]  tail: low
	// colt     [ 0.67  0.67  0.00]  tail: low
}

// What the epochs of a signal tell of three samples.
func ExampleParseOver() {
	epochs := [][]float32{{5, 5, 3}, {4, 5, 5}, {3, 5, 3}, {2, 5, 5}}
	for _, name := range []string{"loss", "loss-mean", "loss-change", "loss-spread"} {
		s, over, err := signal.ParseOver(name)
		fmt.Printf("%s %v: %.1f tail: %v %v\n", s.Name, over.Title, over.Of(epochs), over.Tail, err)
	}
	// Output:
	// loss value of the last epoch: [2.0 5.0 5.0] tail: high <nil>
	// loss mean of the epochs: [3.5 5.0 4.0] tail: high <nil>
	// loss mean of the later half of the epochs minus that of the earlier: [-2.0 0.0 0.0] tail: high <nil>
	// loss standard deviation over the epochs: [1.1 0.0 1.0] tail: high <nil>
}
