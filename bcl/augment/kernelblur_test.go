package augment

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// TestKernelBlurIsTheSumInOrder: the two passes give the bytes of the sums in
// torchvision's order, also with kernels larger than the image, and on images where every
// sum is near a half.
func TestKernelBlurIsTheSumInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var z KernelBlurrer
	for n := range 300 {
		m := rgb.New(1+r.IntN(24), 1+r.IntN(24))
		for i := range m.Pix {
			switch n % 3 {
			case 0:
				m.Pix[i] = uint8(r.Uint32())
			case 1:
				m.Pix[i] = uint8(255 * ((i/3%m.W + i/3/m.W) % 2)) // a chequerboard
			default:
				m.Pix[i] = uint8(2*i + r.IntN(2))
			}
		}
		size, sigma := 2*r.IntN(14)+1, 0.05+r.ExpFloat64()*2
		got := m.Clone()
		z.Blur(got, size, sigma)
		if size == 1 {
			continue
		}
		mirror(&z.padded, m, size/2)
		for i, v := range got.Pix {
			x := i % (3 * m.W)
			if want := uint8(math.RoundToEven(float64(z.exact([4]int{x, 0, 0, x}, i/(3*m.W))[3]))); v != want {
				t.Fatalf("%dx%d, kernel %d, sigma %v: byte %d is %d, want %d", m.W, m.H, size, sigma, i, v, want)
			}
		}
	}
}

func TestKernelSize(t *testing.T) {
	for size, want := range map[int]int{1: 1, 32: 3, 64: 7, 96: 9, 224: 23} {
		if got := KernelSize(size); got != want {
			t.Errorf("kernel for %d pixels: %d, want %d", size, got, want)
		}
	}
}
