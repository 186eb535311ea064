// Package repro is published experiments as data: which methods on which splits
// with which seeds, what of that is done, and the table beside the published
// numbers. It runs nothing; the command bcl-repro does.
//
// # Terms
//
// A [Preset] is an experiment, a YAML document (docs/repro.md). It has parts, each
// with images, training splits and protocols of evaluation. A [Unit] is one run:
// part, split, method, seed. A [Plan] is the units in order, with the folders that
// the images, the published lists and the results are in.
//
// # State
//
// All state is in files below the plan's folder, so that a process that is killed
// loses nothing, and machines can share the work:
//
//	PART/SPLIT/METHOD-SEED/             run directory of bcl-train
//	PART/SPLIT/METHOD-SEED.eval.json    what bcl-eval found out ([Record])
//	PART/SPLIT/METHOD-SEED.log          output of both; locked while one works on the unit
//	PART/SPLIT/split.npy, split.json    a split that was made here
//
// A unit is done when its checkpoint is complete and the record is of that very
// checkpoint, by its SHA-256, and of the settings of the plan ([Plan.State]).
//
// # Reading order
//
// preset, settings, plan, task, prepare, split, state, record, figures, table, write.
// The run directory is read by package run, protocols are package protocol's.
package repro
