// Package training declares the settings of a training run, bcl-train's, each once with
// its traits: bcl-train parses them and compares them when a run is resumed, and some are
// bcl-repro's to set. It is pure Go; the values belong to the trainer.
//
// A new setting is a field of its struct, such as train.Config, with its default and
// check, and a line of [Table] that names the field.
package training
