// Package pickle reads Python's pickles, protocols 0 to 5, without running
// anything, and writes the part of protocol 2 that torch.save uses.
//
// # The format
//
// A pickle is a program for a small stack machine: one-byte opcodes, some with arguments,
// until STOP leaves the result on top of the stack. Some opcodes push numbers and
// strings, some collect the values above a mark into a tuple, list or dict, and some
// store a value in a numbered memo and fetch it again, which is how shared objects are
// written. Protocol 0 is text; higher ones are binary and only add opcodes.
//
// Three opcodes make pickles dangerous in Python: GLOBAL names any object of any module,
// REDUCE calls it, and BUILD sets its state. Here GLOBAL calls the caller's FindClass,
// usually of an [AllowList]; names that are not listed are an error that names them, or
// with [Skip] an inert *[Opaque]. Listed names are Go code ([Class]), written for hostile
// arguments. Out-of-band buffers and extension codes are refused. A value that is known and
// not read ([Unsupported]), such as an array of str, is an error, or an *[Opaque] as well.
//
// # Values
//
//	None          nil                int     int64, or *big.Int outside its range
//	bool          bool               float   float64
//	str           string             bytes, bytearray   []byte
//	list          *List              tuple   *Tuple
//	set, frozenset *Set              dict    *Dict, in order
//	OrderedDict   *Dict with Ordered set and Attrs for its attributes
//	Counter       *Dict with Counter set
//	complex       complex128
//
// Python 2's str is either; see [Strings].
//
// # Limits
//
// Memory and time are bounded by a multiple of the bytes read plus a constant: no length
// in the input is trusted before its bytes are read, and functions that copy are charged
// for it ([Decoder.Charge]). The result has no cycles, is at most [MaxDepth] deep, and is
// not much larger when expanded to a tree than as a pickle, so that walking it ends;
// nested doubling ("billion laughs") is an error.
//
// The opcodes are described in CPython's Lib/pickletools.py and PEP 307, 3154
// and 574.
package pickle
