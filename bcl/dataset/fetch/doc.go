// Package fetch downloads CIFAR-10 and CIFAR-100 from where their author publishes
// them: https://www.cs.toronto.edu/~kriz/cifar.html.
//
// The size and SHA-256 of an archive are checked before anything is unpacked. An
// interrupted download resumes where it stopped, in this process or in a later one. The
// folder is complete or absent, and has a file SHA256SUMS by which later calls check it
// ("sha256sum -c SHA256SUMS" does the same).
package fetch
