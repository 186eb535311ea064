// Package imbalance is what can be said without labels about whether a set is long-tailed: from
// the features of a trained network, whether the images form groups, how uneven the groups'
// sizes are, whether they are found again, and how neighbourhoods and densities spread, each
// beside what features without any groups give ([Measure]). It is pure Go.
//
// None of it is proof: k-means splits large groups and joins small ones, a class may be several
// groups, and a balanced set whose classes are not equally hard has dense and sparse regions
// too. docs/signals.md has what sets of known sizes gave.
package imbalance
