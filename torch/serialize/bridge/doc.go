// Package bridge converts tensors of package torch to those that package serialize reads
// and writes, and back. It is a package of its own so that neither imports the other:
// tensors need no pickle reader, and files need no C.
package bridge
