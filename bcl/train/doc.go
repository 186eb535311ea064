// Package train is the loop of the method: batches of views through the network,
// the loss of each sample, the step of the optimiser, and the memory.
//
// A [Trainer] knows sample indices, weights, view tensors and losses, but not images,
// files or terminals. All of it runs inside one [torch.Do].
//
// Reading order: trainer.go, epoch.go, step.go, objective.go with simclr.go and sdclr.go. What
// a GPU does besides: feed.go brings views, graph.go captures the step of step.go, ahead.go
// runs captured steps ahead of their losses.
package train
