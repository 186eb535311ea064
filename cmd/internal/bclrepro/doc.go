// Package bclrepro is the command bcl-repro: it trains and evaluates all runs of a
// published experiment, through bcl-train and bcl-eval, and prints the table beside
// the published numbers. What an experiment is, and what of it is done, is package
// bcl/repro.
package bclrepro
