// Package safetensors reads and writes .safetensors files: named tensors without code, in
// a format that can be memory-mapped.
//
// # The format
//
//	offset  size  content
//	0       8     n, the length of the header, little-endian
//	8       n     the header: a JSON object, padded with spaces
//	8+n     ...   the elements, little-endian, in C order
//
// The header maps each name to its element type, its shape, and its byte range, counted
// from the end of the header:
//
//	{"__metadata__":{"format":"pt"},"fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}
//
// The optional __metadata__ maps strings to strings. The tensors' bytes follow
// each other without gaps and fill the file. There are no checksums.
//
// # What is refused
//
// A header that is longer than the file or than 100 MB, that is not JSON, has a
// key twice, one that is not known or more than 100,000; element types that package dtype
// does not have, unless Options.SkipUnknown leaves their tensors out; shapes whose size overflows or is not that of their bytes; bytes that
// overlap, leave a hole, or lie outside the file.
//
// Files are written as by the official library, byte for byte: wider elements first, then
// by name, with elements aligned to 8 bytes.
//
// The format is described at https://huggingface.co/docs/safetensors and in the
// README of github.com/huggingface/safetensors.
package safetensors
