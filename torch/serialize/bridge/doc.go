// Package bridge turns tensors of package torch into those that package serialize
// reads and writes, and back. It is a room of its own so that neither compiles the
// other: tensors need no pickle reader, and files need no C.
package bridge
