// Package npy reads and writes NumPy's .npy files: one array per file.
//
// # The format
//
//	offset  size   content
//	0       6      the magic bytes 0x93 'N' 'U' 'M' 'P' 'Y'
//	6       2      version: major, minor (1.0, 2.0 or 3.0)
//	8       2 | 4  length of the header, little-endian: 2 bytes in version 1.0, else 4
//	10|12   n      the header: a Python dict literal, padded with spaces, ending in a newline
//	...            the elements, nothing between or after them
//
// The header has exactly three keys: 'descr' (byte order, kind and size of an
// element, such as '<i8'), 'fortran_order' (True when the first index runs
// fastest) and 'shape' (a tuple). It is latin-1 text, or UTF-8 in version 3.0.
// NumPy aligns the first element to 64 bytes (16 in old versions).
//
// An [Array] in memory is always little-endian and in C order: files with the other byte
// order or in Fortran order are converted while reading.
//
// # What is refused
//
// Object arrays (they hold a pickle); structured, string, complex and date types, and
// unsigned types wider than a byte, which package dtype does not have; headers with other
// keys, repeated keys or anything after the dict; shapes whose size overflows; bool bytes
// other than 0 and 1; data shorter or, for a file, longer than the shape requires.
//
// Reading takes memory in proportion to the bytes actually read, not to the header's
// sizes.
//
// The format is NEP 1, as in numpy.lib.format:
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package npy
