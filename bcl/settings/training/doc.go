// Package training declares the settings of a training run, bcl-train's, each once with
// its traits: what bcl-train parses and compares when a run is resumed, and what
// bcl-repro leaves to itself. It is pure Go; their values lie with whoever trains.
//
// A new setting is a field of the struct that it belongs to, such as train.Config, with
// its default and its check, and a line of [Table] that names the field.
package training
