// Package onnx writes networks as ONNX models, which other programs run without PyTorch:
// a graph of operators and the weights, in one file.
//
// A file is a Protocol Buffers message, ModelProto of onnx.proto3
// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). Only what a network for
// inference needs is here: float32 weights, nodes with attributes of integers and
// floats, inputs and outputs with named dimensions. Weights are streamed.
package onnx
