// Package score is what a classifier got right: top-1 and top-5 accuracy over all
// classes and over the Many, Medium and Few groups, means and deviations over subsets,
// how well a number of each sample finds rare classes, and the JSON and tables of all
// that. It is pure Go: what bcl-eval writes is read without libtorch.
//
// Reading order: groups.go, score.go, summary.go, tail.go; then the schema of results,
// result.go, results.go and classes.go.
package score
