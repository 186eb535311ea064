// Package lanes has the loops over pixels in which the time of a view goes.
//
// Each routine is plain Go in NAME.go, which says what it computes. On processors with
// AVX2, NAME_amd64.s computes the same bytes many at a time; NAME_amd64.go says how the two
// share the work. wide_amd64_test.go compares them. The build tag purego leaves the assembly out.
//
// Pixels are RGB interleaved, three bytes each. No routine allocates, except scratch memory
// that its receiver keeps.
package lanes
