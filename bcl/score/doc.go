// Package score has the accuracies of classifiers: top-1 and top-5 over all classes and
// over the Many, Medium and Few groups, means and deviations over subsets, how well a
// score per sample ranks rare classes, and the JSON and tables of these. It is pure Go:
// bcl-eval's output is read without libtorch.
//
// Reading order: groups.go, score.go, summary.go, tail.go; then the schema of results,
// result.go, results.go and classes.go.
package score
