// Package distributed is torch.distributed: several processes, each a rank of a group, that
// compute together. The collectives are those of PyTorch's c10d: Gloo for tensors of the CPU,
// NCCL for those of GPUs.
//
//	place, err := rendezvous.Of(os.Getenv)       // which rank of how many is this?
//	group, err := distributed.InitProcessGroup(ctx, place, distributed.Options{})
//	defer group.Close()
//	err = group.AllReduce(t, distributed.Sum)
//
// Every rank calls the same collectives in the same order. One that does not come, or is lost,
// ends the collectives of all with an error, and [ProcessGroup.Blame] says which rank it was:
// each rank shows in c10d's store that it lives.
//
// Reading order: group.go, meet.go, collectives.go, watch.go, blame.go, reducer.go.
package distributed
