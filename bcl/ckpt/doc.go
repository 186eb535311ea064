// Package ckpt inspects and compares files of weights, and renames their tensors, for the
// command bcl-ckpt. It contains no C.
//
// # Files
//
// [Open] reads PyTorch's .pt and .pth (zip and from before 1.6; of a whole module the
// state dict), TorchScript archives, plain pickles with arrays or tensors (Detectron2's
// .pkl), .safetensors, .npy and .npz; a file is recognised by its first bytes, not its name.
// Nothing in a file is executed (package serialize). Tensors are read lazily, and copied
// in chunks. [Save] writes .pt and .safetensors.
//
// # Names
//
// The same network has different names in different projects. A [Scheme] reads a
// project's names and writes them; between them is [Name], which identifies a tensor: of
// the backbone, the projection head, a classifier or the normalisation of the input,
// under torchvision's names within that component, and for a network with two branches
// (SDCLR, BCL-D) of which branch. So n schemes need n pairs of functions and not n*n
// tables.
//
// [Convert] never loses a tensor silently: each is renamed, dropped with a reason, or an
// error; two that get the same name are an error.
//
// # Reading the source
//
// file.go and tree.go open; name.go, scheme.go and schemes.go are the names;
// convert.go the renaming; arch.go and fit.go what a ResNet must have; diff.go
// and inspect.go compare and describe.
package ckpt
