// Package shard has indexes of data sets whose images are packed into large files: tar
// archives in the form of webdataset (https://github.com/webdataset/webdataset), and Parquet
// files as Hugging Face's datasets writes them.
//
// [Open] scans every shard once and keeps what it found, in a file outside of the data: name,
// label and place of each sample. Later it maps that file into memory, so that a set of ten
// million images takes no time to open and next to no memory. An index of files that have
// changed, or one that is damaged, is made anew.
package shard
