// Package repro is published experiments as data: methods, splits and seeds, which of
// these runs are done, and the table of results next to the published numbers. It runs
// nothing; the command bcl-repro does.
//
// # Terms
//
// A [Preset] is an experiment, a YAML document (docs/repro.md). It has parts, each with
// images, training splits and protocols of evaluation. A [Unit] is one run: part, split,
// method, seed. A [Plan] is the units in order, with the folders of the images, the
// published lists and the results.
//
// # State
//
// All state is in files below the plan's folder, so that a killed process loses nothing,
// and machines can share the work:
//
//	PART/SPLIT/METHOD-SEED/             run directory of bcl-train
//	PART/SPLIT/METHOD-SEED.eval.json    results of bcl-eval ([Record])
//	PART/SPLIT/METHOD-SEED.log          output of both; locked while one runs
//	PART/SPLIT/split.npy, split.json    a generated split
//
// A unit is done when its checkpoint is complete and the record is of that checkpoint, by
// its SHA-256, and of the settings of the plan ([Plan.State]).
//
// # Reading order
//
// preset, settings, plan, task, prepare, split, state, record, figures, table, write.
// Package run reads the run directory; protocols are in package protocol.
package repro
