// Package pretrained makes networks from weights of other projects: package ckpt finds
// the backbone in a file and its names, this package loads it into a [model.ResNet]. Our
// own checkpoints, whose training can be resumed, are package checkpoint's.
package pretrained
