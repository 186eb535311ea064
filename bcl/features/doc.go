// Package features keeps feature vectors of samples in a folder, with the samples' names,
// and writes them in the formats that other programs read. It contains no C.
//
// A folder has features.json ([Info]), samples.csv (row, name and class of each sample,
// as in a run folder), for each layer of the network LAYER.npy (N x width), with labels
// labels.npy (N, int64, -1 without one), and what [Formats] names. A [Writer] fills it
// batch by batch and continues where an interrupted one stopped; a [Table] reads it
// without holding it in memory.
//
// Reading order: info.go, writer.go, table.go, samples.go; a file for each format.
package features
