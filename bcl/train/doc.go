// Package train is the loop of the method: batches of views through the network,
// the loss of each sample, the step of the optimiser, and the memory.
//
// A [Trainer] knows sample indices, weights, view tensors and losses, but not images,
// files or terminals. All of it runs inside one [torch.Do].
package train
