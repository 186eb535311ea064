package augment_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// A worker makes the two views of a sample. A weight near 1 means that the network has
// not memorised the sample yet, so its views differ more.
func Example() {
	pipeline := augment.CIFAR(32).With(augment.Boost{K: 2, R: 30}) // BCL-D
	worker := pipeline.NewWorker()

	image := rgb.New(32, 32)
	views := make([]uint8, 2*3*32*32)
	const seed, epoch, sample = 10, 1, 1234
	for v := range uint8(2) {
		dst := views[int(v)*3*32*32:][:3*32*32]
		worker.View(dst, image, 0.8, seed, epoch, sample, v)
	}
	fmt.Println(len(views), "bytes")
	// Output: 6144 bytes
}

// BCL-I at three memorisation weights: from memorised to not memorised.
func ExampleBoost_At() {
	boost := augment.Boost{K: 1, R: 30}
	for _, w := range []float64{0, 0.5, 1} {
		s := boost.At(w, 0)
		fmt.Printf("w = %.1f: magnitude %.0f with probability %.1f\n", w, s.Magnitude, s.Prob)
	}
	// Output:
	// w = 0.0: magnitude 10 with probability 0.0
	// w = 0.5: magnitude 20 with probability 0.5
	// w = 1.0: magnitude 30 with probability 1.0
}

// Evaluation sees the image itself.
func ExampleWorker_Plain() {
	worker := augment.CIFAR(32).NewWorker()
	image := rgb.New(100, 50) // 100 wide
	dst := make([]uint8, 3*32*32)
	worker.Plain(dst, image, 32) // resized to 64x32, centre crop
	fmt.Println(len(dst), "bytes")
	// Output: 3072 bytes
}

// Operations can be used on their own.
func ExampleRotate() {
	src := &rgb.Image{W: 2, H: 2, Pix: []uint8{
		1, 1, 1, 2, 2, 2,
		3, 3, 3, 4, 4, 4,
	}}
	var dst rgb.Image
	augment.Rotate(&dst, src, 90) // counter-clockwise
	fmt.Println(dst.Pix)
	// Output: [2 2 2 4 4 4 1 1 1 3 3 3]
}

func ExamplePipeline_Strength() {
	boost := augment.CIFAR(32).With(augment.Boost{K: 1, R: 20})
	fmt.Println(boost.Strength(0.5, 10, 1, 0, 0))
	fmt.Println(augment.CIFAR(32).Strength(0.5, 10, 1, 0, 0)) // the base recipe has no Boost
	// Output:
	// {15 0.5}
	// {0 0}
}
