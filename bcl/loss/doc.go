// Package loss holds the contrastive losses of the method, one number per sample: the
// method follows each sample's own loss.
package loss
