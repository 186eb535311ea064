// Package optim holds the optimisers of torch.optim that the method needs, as
// libtorch's fused kernels compute them: one call for all parameters.
package optim
