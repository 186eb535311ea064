package torch

// Conv2dOptions of [Conv2d]; zero values mean stride 1, no padding, dilation 1, one group.
type Conv2dOptions struct{ Stride, Padding, Dilation, Groups int64 }

// Conv2d convolves x (N x C x H x W) with w (O x C/groups x KH x KW); bias may be zero.
func Conv2d(x, w, bias Tensor, o Conv2dOptions) Tensor {
	s, d, g := max(o.Stride, 1), max(o.Dilation, 1), max(o.Groups, 1)
	if s > 1 && o.Padding == 0 && g == 1 && overruns(x, w) {
		x, s = every(x, s), 1
	}
	return one("conv2d", x, w, bias, []int64{s, s}, []int64{o.Padding, o.Padding}, []int64{d, d}, g)
}

// overruns reports whether libtorch's oneDNN may write past its workspace in the backward
// pass of this convolution with a stride: on CPUs without AVX-512, for 1x1 kernels in
// channels_last with fewer channels than a register has lanes (8). PyTorch crashes there
// (oneDNN issue 6035). Real networks have far more channels.
func overruns(x, w Tensor) bool {
	shape := w.Shape()
	return len(shape) == 4 && shape[1] < 8 && shape[2] == 1 && shape[3] == 1 && x.Dim() == 4 && !x.Device().IsCUDA()
}

// every returns the pixels that a 1x1 convolution with a stride reads.
func every(x Tensor, stride int64) Tensor {
	for dim := int64(2); dim < 4; dim++ {
		x = one("slice.Tensor", x, dim, nil, nil, stride)
	}
	return x
}
