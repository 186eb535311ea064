// Package export writes a backbone for other programs: a folder that timm and Hugging
// Face's transformers load ([Hub]), and a model for ONNX runtimes ([ONNX]). It contains
// no C. [Card] is what the folder's README says of the network; [Reader] says which
// programs can read a network at all, and how.
//
// Files with other names of the same weights (Detectron2's, for example) are written by
// package ckpt.
package export
