// Package signal is what can be measured of a training sample without its label to tell
// whether its kind is rare: the table of the signals with their directions and sources, each
// as a plain formula, and the record of those that training keeps.
//
// A signal is a number for each sample. Some come from the projections of a batch
// ([Batch], batch.go), which training records every epoch ([Recorded], [Recorder]) and
// package loss computes for it; [Over] derives more from their history (history.go). Others
// come from one pass of the whole set through a trained network ([Set], set.go), which
// package eval computes.
//
// The field does not agree on the directions: BCL and MAK take a high loss for the tail, COLT
// a low share of the nearest negatives, rwSAM a low density. docs/signals.md has the formulas.
package signal
