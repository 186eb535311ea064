// Package search finds the vectors nearest to others, by cosine similarity, among millions:
// an index in a folder, made of libtorch's operators.
//
// A flat index compares with every vector. An inverted file (IVF; Sivic and Zisserman,
// ICCV 2003; Jegou, Douze and Schmid, PAMI 2011, section 4) divides them into lists by
// the nearest of some centroids, found by k-means, and compares with the vectors of the
// lists whose centroids are nearest to the query: with all lists its result is that of a
// flat index. Vectors are stored list by list and mapped into memory, so opening takes no
// time and processes share them.
//
// [Index.Add] appends vectors, which are compared with every query until the next
// [Build]; [Index.Remove] hides some. Killed at any time, a change is whole or absent.
//
// [Calibrate] finds from queries with known answers how similar a neighbour must be to
// count as a match.
//
// Reading order: index.go, build.go with kmeans.go, query.go with best.go, change.go,
// calibrate.go.
package search
