// Package model holds the networks of the method: a ResNet with its projector ([SimCLR]),
// and one with two branches, one of them pruned ([SDCLR]). Their parameters have
// torchvision's and the authors' names, and after the same [torch.ManualSeed] the same
// initial values as in the authors' PyTorch code.
//
// Input is float in [0, 1], N x 3 x H x W; the network normalises it, so callers need no
// mean and standard deviation.
package model
