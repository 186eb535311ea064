// Package legacy is NumPy's generator before numpy.random.Generator, np.random.seed and
// np.random.shuffle, for lists that were drawn with it. Nothing else is: other randomness is
// package rng's.
package legacy
