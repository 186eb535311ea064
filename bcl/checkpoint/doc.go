// Package checkpoint saves trainers to files and restores them: a .pt file that
// torch.load(weights_only=True) reads, with the authors' keys epoch, state_dict and
// optim, and a dict bcl with the rest of the run's state (docs/format.md).
//
// [Snapshot] copies the state of a trainer, so that a [Saver] writes it into a run folder
// (package run) during training; [Load] reads our files and the authors', and
// [Checkpoint.Restore] restores a trainer.
package checkpoint
