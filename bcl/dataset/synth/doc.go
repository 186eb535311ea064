// Package synth draws the embedded data set: small colour images of ten kinds
// of texture, long-tailed for training, with balanced probe and test parts.
// Nothing is read from disk and nothing is downloaded; the same [Knobs] give the
// same pixels on every machine.
//
// The classes differ in structure alone, such as stripes, rings or bricks.
// Everything else is drawn anew for each image and says nothing about the class:
// both colours and their gradients, which of the two is the lighter, scale,
// turn, place, irregularity, clutter in front and noise. A texture fills its
// image, so that a random crop of a tenth of the area still shows it. Raw pixels
// hardly help, nor does the average colour, nor do the features of an untrained
// network; features that contrastive learning finds do.
package synth
