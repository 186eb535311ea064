// Package checkpoint is the way between a trainer and a file: a .pt file that
// torch.load(weights_only=True) reads, with the authors' keys epoch, state_dict and
// optim, and a dict bcl with the rest of what a run is (docs/format.md).
//
// [Snapshot] copies the state of a trainer, so that a [Saver] writes it into a run
// folder (package run) during training; [Load] reads a file of ours or of the
// authors', and [Checkpoint.Restore] puts a trainer where it was.
package checkpoint
