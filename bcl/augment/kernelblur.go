package augment

import (
	"math"
	"math/bits"

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
	kernel   []float32
	products []float64 // of the weights of row and column, in single precision
	padded   rgb.Image // the image with its reflected border
	rows     []float32 // all rows of padded, blurred along x
	line     []float32
	doubtful []uint8 // bits of a row
	at       []int   // bytes of a row
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
	z.products = z.products[:0]
	for _, ky := range z.kernel {
		for _, kx := range z.kernel {
			z.products = append(z.products, float64(float32(ky*kx)))
		}
	}
	mirror(&z.padded, m, r)
	reach, passes, theirs := tolerance(z.kernel)
	half := z.kernel[r : r+reach+1]

	stride, wide := 3*m.W, 3*z.padded.W
	z.rows = lanes.Resized(z.rows, stride*z.padded.H)
	z.line = lanes.Resized(z.line, wide)
	for y := range z.padded.H {
		for i, v := range z.padded.Pix[wide*y : wide*(y+1)] {
			z.line[i] = float32(v)
		}
		lanes.Convolve(z.rows[stride*y:stride*(y+1)], z.line, 3*r, 3, half)
	}
	z.line = lanes.Resized(z.line, stride)
	z.doubtful = lanes.Resized(z.doubtful, (stride+7)/8)
	for y := range m.H {
		out := m.Pix[stride*y : stride*(y+1)]
		lanes.Convolve(z.line, z.rows, stride*(y+r), stride, half)
		lanes.Round(out, z.line, passes, theirs, z.doubtful)
		z.decide(out, y)
	}
}

// decide rounds the doubtful bytes of row y, four at a time.
func (z *KernelBlurrer) decide(out []uint8, y int) {
	z.at = z.at[:0]
	for i, b := range z.doubtful {
		for ; b != 0; b &= b - 1 {
			z.at = append(z.at, 8*i+bits.TrailingZeros8(b))
		}
	}
	for len(z.at)%4 != 0 {
		z.at = append(z.at, z.at[len(z.at)-1])
	}
	for at := z.at; len(at) > 0; at = at[4:] {
		for j, v := range z.exact([4]int(at), y) {
			out[at[j]] = uint8(math.RoundToEven(float64(v)))
		}
	}
}

// exact are the values at four bytes of row y in the order of oneDNN's depthwise
// convolution, which PyTorch calls: row by row, each product fused with its
// addition. Double precision holds a product of a byte and a weight exactly, so
// that the sum is rounded once (except with probability about 2^-29, where it is rounded
// to double before). A sum waits for the one before it: four take little longer than one.
func (z *KernelBlurrer) exact(at [4]int, y int) (sums [4]float32) {
	size := len(z.kernel)
	var s0, s1, s2, s3 float32
	for dy := range size {
		row := z.padded.Pix[3*z.padded.W*(y+dy):]
		p0, p1, p2, p3 := row[at[0]:], row[at[1]:], row[at[2]:], row[at[3]:]
		for dx, w := range z.products[dy*size : (dy+1)*size] {
			s0 = float32(float64(float64(p0[3*dx])*w) + float64(s0))
			s1 = float32(float64(float64(p1[3*dx])*w) + float64(s1))
			s2 = float32(float64(float64(p2[3*dx])*w) + float64(s2))
			s3 = float32(float64(float64(p3[3*dx])*w) + float64(s3))
		}
	}
	return [4]float32{s0, s1, s2, s3}
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
