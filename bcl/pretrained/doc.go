// Package pretrained makes networks of weights that other projects trained: package
// ckpt finds the backbone in a file and its names, this package puts it into a
// [model.ResNet]. Our own checkpoints, whose training can be resumed, are package
// checkpoint's.
package pretrained
