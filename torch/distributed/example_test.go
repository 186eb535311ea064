package distributed_test

import (
	"context"
	"fmt"
	"net"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// A program finds its place by rendezvous.Of(os.Getenv); this one is alone.
func ExampleInitProcessGroup() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	l.Close() // a free port
	place := rendezvous.Place{World: 1, LocalWorld: 1, Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	group, err := distributed.InitProcessGroup(context.Background(), place, distributed.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = torch.Do(func() error {
		t := torch.FromSlice([]float32{1, 2})
		err := group.AllReduce(t, distributed.Sum)
		fmt.Println(group.Rank(), "of", group.Size(), torch.Slice[float32](t))
		return err
	})
	fmt.Println(err, group.Close())
	// Output:
	// 0 of 1 [1 2]
	// <nil> <nil>
}
