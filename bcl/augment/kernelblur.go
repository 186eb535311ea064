package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// KernelBlurrer blurs images as torchvision's GaussianBlur does: a convolution
// with a sampled Gaussian, mirrored at the borders, in single precision. The zero
// value is ready. It serves one goroutine.
//
// torchvision convolves in two dimensions and rounds after each of the size*size
// products. Here two passes along the axes give the same sum up to a known error, and the
// few sums within that error of a half, where it could matter, are recomputed in
// torchvision's order. The bytes are the same, in far less time.
type KernelBlurrer struct {
	kernel []float32
	padded rgb.Image // the image with its reflected border
	rows   []float32 // all rows of padded, blurred along x
	line   []float32
}

// MaxKernel is the largest side of a KernelBlurrer's kernel. The larger the kernel, the
// more time goes into recomputing sums.
const MaxKernel = 127

// Blur blurs m, in place, with a kernel of size x size pixels and standard deviation
// sigma. The size is odd and at most MaxKernel; an even one counts as one more, and one
// below 2 changes nothing. Where torchvision rejects an image as too small for the
// kernel, the reflections here repeat.
func (z *KernelBlurrer) Blur(m *rgb.Image, size int, sigma float64) {
	if size < 2 || !(sigma > 0) || len(m.Pix) == 0 {
		return
	}
	r := min(size, MaxKernel) / 2
	z.kernel = lanes.Resized(z.kernel, 2*r+1)
	gaussian(z.kernel, float32(sigma))
	mirror(&z.padded, m, r)
	reach, passes, theirs := tolerance(z.kernel)

	stride, wide := 3*m.W, 3*z.padded.W
	z.rows = lanes.Resized(z.rows, stride*z.padded.H)
	z.line = lanes.Resized(z.line, wide)
	for y := range z.padded.H {
		for i, v := range z.padded.Pix[wide*y : wide*(y+1)] {
			z.line[i] = float32(v)
		}
		z.convolve(z.rows[stride*y:stride*(y+1)], z.line, 3*r, 3, reach)
	}
	z.line = lanes.Resized(z.line, stride)
	for y := range m.H {
		z.convolve(z.line, z.rows, stride*(y+r), stride, reach)
		out := m.Pix[stride*y : stride*(y+1)]
		for i, v := range z.line {
			n, doubt := int32(v), passes+theirs*min(v+1, 128)
			switch over := v - float32(n) - 0.5; {
			case over > doubt:
				n++
			case over >= -doubt:
				n = int32(math.RoundToEven(float64(z.exact(i, y))))
			}
			out[i] = uint8(n)
		}
	}
}

// convolve writes the sums of kernel[r+j] * in[at+i+j*step], j from -reach to
// reach, to out.
func (z *KernelBlurrer) convolve(out, in []float32, at, step, reach int) {
	half := z.kernel[len(z.kernel)/2:]
	for i, v := range in[at:][:len(out)] {
		out[i] = v * half[0]
	}
	j := 1
	for ; j < reach; j += 2 { // two at a time halve the stores
		k, l := half[j], half[j+1]
		a, b := in[at-j*step:][:len(out)], in[at+j*step:][:len(out)]
		c, d := in[at-(j+1)*step:][:len(out)], in[at+(j+1)*step:][:len(out)]
		for i := range out {
			out[i] += (a[i]+b[i])*k + (c[i]+d[i])*l
		}
	}
	if j == reach {
		k := half[j]
		a, b := in[at-j*step:][:len(out)], in[at+j*step:][:len(out)]
		for i := range out {
			out[i] += (a[i] + b[i]) * k
		}
	}
}

// exact is the value at byte i of row y in the order of oneDNN's depthwise
// convolution, which PyTorch calls: row by row, each product fused with its
// addition. Double precision holds a product of a byte and a weight exactly, so
// that the sum is rounded once (except with probability about 2^-29, where it is rounded
// to double before).
func (z *KernelBlurrer) exact(i, y int) (sum float32) {
	for dy, ky := range z.kernel {
		p := z.padded.Pix[3*z.padded.W*(y+dy)+i:]
		for dx, kx := range z.kernel {
			w := float32(ky * kx)
			sum = float32(float64(float64(p[3*dx])*float64(w)) + float64(sum))
		}
	}
	return sum
}

// mirror writes src with a border of r pixels to dst. The border is the image reflected
// at its outermost pixels, repeatedly if necessary.
func mirror(dst, src *rgb.Image, r int) {
	dst.Resize(src.W+2*r, src.H+2*r)
	for y := range dst.H {
		from := src.Pix[3*src.W*reflected(y-r, src.H):][:3*src.W]
		row := dst.Pix[3*dst.W*y : 3*dst.W*(y+1)]
		copy(row[3*r:], from)
		for x := range r {
			copy(row[3*x:], from[3*reflected(x-r, src.W):][:3])
			right := r + src.W + x
			copy(row[3*right:], from[3*reflected(right-r, src.W):][:3])
		}
	}
}

// reflected is where position i of an axis of n pixels is read.
func reflected(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = (i%period + period) % period
	return min(i, period-i)
}
