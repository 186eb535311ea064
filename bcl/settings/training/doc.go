// Package training declares the settings of a training run, bcl-train's, each once with
// its traits: what bcl-train parses and compares when a run is resumed, and what
// bcl-repro leaves to itself. It is pure Go; their values lie with whoever trains.
package training
