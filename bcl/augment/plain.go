package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// Plain writes src without augmentation to dst, size*size*3 bytes: what
// evaluation sees. An image of another size is resized so that its shorter side is
// size (bicubic), then its centre is taken, as torchvision's
// Resize(size, BICUBIC) and CenterCrop(size) do.
func (k *Worker) Plain(dst []uint8, src *rgb.Image, size int) {
	k.PlainFrom(dst, src, size, size, Bicubic)
}

// PlainFrom is Plain with a shorter side of short pixels before the central crop,
// at least size. The ImageNet protocol is PlainFrom(dst, src, 256, 224, Bilinear).
func (k *Worker) PlainFrom(dst []uint8, src *rgb.Image, short, size int, f Filter) {
	m := k.target(dst, size)
	w, h := Shorter(src.W, src.H, short)
	k.resizer.Resize(&k.tmp, src, w, h, f)
	Crop(m, &k.tmp, Box{centre(w, size), centre(h, size), size, size})
	k.view.Pix = nil
}

// Shorter returns the size of an image of w x h pixels whose shorter side is resized to
// short, with the longer side in proportion, rounded down as torchvision's Resize(short)
// does.
func Shorter(w, h, short int) (int, int) {
	if w <= h {
		return short, int(float64(short*h) / float64(w))
	}
	return int(float64(short*w) / float64(h)), short
}

// centre is where a central part of size pixels starts in n pixels; Python rounds
// halves to even.
func centre(n, size int) int {
	return int(math.RoundToEven(float64(n-size) / 2))
}
