// Package serialize reads and writes PyTorch's .pt files, as torch.save and torch.load
// do, in pure Go. Sub-packages hold other formats and parts of this one: npy (NumPy's
// arrays), safetensors, pickle, and atomicfile (files that exist in full or not at all).
//
// # The format
//
// Since PyTorch 1.6 a file is a zip archive in which nothing is compressed:
//
//	archive/data.pkl                  a pickle (protocol 2) of the tree
//	archive/.format_version           "1"
//	archive/.storage_alignment        "64"
//	archive/byteorder                 "little" or "big", of the storages; absent in old files
//	archive/data/0, data/1, ...       the storages: elements and nothing else
//	archive/version                   "3"
//	archive/.data/serialization_id    40 digits that identify the file
//
// The folder may have any name. The contents of each record begin at a multiple of 64
// bytes (by padding, an extra field "FB" in the record's header), so that
// torch.load(mmap=True) can use them in place. A CRC-32 of every record is in the zip's
// table.
//
// In the pickle a tensor is a call of torch._utils._rebuild_tensor_v2 with a
// storage, an offset, sizes and strides. The storage is a persistent id that
// names a record; tensors that share memory name the same one. A parameter
// wraps that in _rebuild_parameter. Tensors with attributes of their own, which
// _rebuild_from_type_v2 and _rebuild_parameter_with_state give them, are read.
//
// This package writes the same bytes as torch.save of PyTorch 2.11 for the same tree,
// except for the digits of the serialization id, and for strings that are equal without
// being one object in Python.
//
// Files from before PyTorch 1.6, several pickles and then the storages, are read but not
// written. So are TorchScript archives (torch.jit.save), the same zip with code besides
// the pickle: their modules become *[Object], whose Weights are a state dict, and their
// code is never read. So are plain pickles (pickle.dump) with arrays of NumPy or tensors.
//
// torch.save(model) pickles an object of the model's class with its attributes. With
// Options.SkipUnknown such an object becomes a *[Module], whose Weights are found in the
// attributes _parameters, _buffers and _modules; the class is not needed, nor run.
//
// # Trees
//
// A file contains a tree of Go values: *[Dict] (plain or ordered, with attributes such as
// a state dict's _metadata), *[List], *[Tuple], strings, int64, float64, bool, nil,
// *[Tensor], and a few other types of package pickle and of this one. [Save] also accepts
// Go's own int, float32, []int and the like.
//
// # What is refused
//
// Everything that the file names and that is not known here, by name, unless
// Options.SkipUnknown skips it: nothing in a file is ever run. Compressed,
// encrypted, overlapping, doubled (but for case too) or oddly named records, wrong
// checksums, legacy files that are tar files as well, tensors that do not lie within their
// storage, tensors that together, each written out, take more than [Expansion] times the
// file and 16 MB, pickles that contain themselves or unfold to much more than they are.
// Every name that torch.load(weights_only=True) of PyTorch 2.11 allows is known.
//
// Some values are known and not read: sparse, nested, quantised, complex, conjugated and
// negated tensors, those without elements (meta), those of element types that package
// dtype does not have (float8), views that repeat their elements too often, and arrays of
// other types than package npy has (str, object, uint32). They are errors too, unless
// Options.SkipUnknown leaves their descriptions in their places. The types' names alone
// are read ([Name]).
//
// Memory is bounded by a multiple of the file's size. [Load] reads storages directly into
// the memory that it returns; [Open] leaves them in the file until [Storage.ReadInto] or
// [Tensor.Bytes] reads them.
//
// The format is described in torch/serialization.py and
// caffe2/serialize/inline_container.cc of PyTorch.
package serialize
