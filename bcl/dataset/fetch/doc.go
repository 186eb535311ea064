// Package fetch downloads CIFAR-10 and CIFAR-100 from where their author publishes
// them: https://www.cs.toronto.edu/~kriz/cifar.html.
//
// An archive is taken for what it should be by its size and SHA-256, before anything
// is unpacked. A download that was cut is resumed where it stopped, in this process or in
// a later one. The folder appears under its name whole or not at all, with a file
// SHA256SUMS by which it is checked when it is asked for again ("sha256sum -c
// SHA256SUMS" does the same).
package fetch
