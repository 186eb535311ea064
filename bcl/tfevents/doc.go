// Package tfevents writes TensorBoard's event files: scalars, histograms, images, text and
// hyperparameters, in pure Go. TensorBoard, tbparse and what imports its files read them.
//
// An event file is a sequence of records (TFRecord), each an Event protobuf with a wall time,
// a step and a summary. Scalars, histograms and images have the form of
// torch.utils.tensorboard (simple_value, HistogramProto, Image), which every reader knows;
// text and hyperparameters are tensors of their plugins. The messages are
// tensorflow/core/util/event.proto and framework/summary.proto, and plugins/hparams of
// TensorBoard.
//
// Reading order: writer.go, record.go, summary.go, hparams.go; projector.go is the embedding
// projector's files.
package tfevents
