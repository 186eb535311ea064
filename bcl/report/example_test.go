package report_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/report"
)

// A batch of 512 samples: the loss of a network that has learnt nothing.
func ExampleChance() {
	fmt.Printf("%.3f\n", report.Chance(512))
	// Output: 6.930
}
