package rendezvous_test

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

func ExampleOf() {
	variables := map[string]string{"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "node1"}
	place, err := rendezvous.Of(func(name string) string { return variables[name] }) // os.Getenv in programs
	fmt.Println(place.Rank, "of", place.World, "at", place.Address(), err)
	// Output: 3 of 8 at node1:29500 <nil>
}
