package protocol_test

import (
	"fmt"
	"log"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
)

// Three subsets of five images per class are drawn from the embedded probe set.
func ExampleSpec_Resolve() {
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	spec, err := protocol.ParseSpec("{name: 5-shot, shots: 5, subsets: 3}")
	if err != nil {
		log.Fatal(err)
	}
	p, err := spec.Resolve(place.Probe, 1)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range p.Subsets {
		fmt.Println(p.Name, s.Name, len(s.Rows))
	}
	// Output:
	// 5-shot seed 1 50
	// 5-shot seed 2 50
	// 5-shot seed 3 50
}
