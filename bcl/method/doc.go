// Package method is the table of the training methods as data, without the code that
// trains. It is pure Go, so that experiments, reports and commands know the methods
// without libtorch.
package method
