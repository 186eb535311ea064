// Package torchtest helps tests that use tensors: it runs them in a scope, checks for
// leaks, and compares tensors with goldens that PyTorch computed.
package torchtest
