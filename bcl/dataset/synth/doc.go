// Package synth draws the embedded data set: small colour images of ten kinds
// of texture, long-tailed for training, with balanced probe and test parts.
// Nothing is read from disk and nothing is downloaded; the same [Knobs] give the
// same pixels on every machine.
//
// The classes differ only in structure, such as stripes, rings or bricks. Everything else
// is random in each image and independent of the class: both colours and their gradients,
// which of the two is lighter, scale, rotation, position, irregularity, clutter in front
// and noise. A texture fills its image, so that a random crop of a tenth of the area
// still shows it. Raw pixels, the average colour and the features of an untrained network
// hardly separate the classes; features of contrastive learning do.
package synth
