// Package bclrepro is the command bcl-repro: it trains and evaluates all runs of a
// published experiment, through bcl-train and bcl-eval, and prints the table next to the
// published numbers. Package bcl/repro describes experiments and their state.
package bclrepro
