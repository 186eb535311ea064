// Package umap lays points out in two dimensions so that near ones stay near: UMAP (McInnes,
// Healy, Melville: "UMAP: Uniform Manifold Approximation and Projection for Dimension
// Reduction", 2018, arXiv 1802.03426), and principal components, from which it starts. It is
// pure Go, and the same seed gives the same layout on any machine with the same arithmetic.
//
// [Neighbours] finds the nearest of a few thousand points; of more, any search can give them
// to [Layout]. [Trustworthiness] says how far neighbours in the layout are neighbours in
// truth.
//
// Reading order: neighbours.go, graph.go, layout.go; pca.go, trust.go.
package umap
