package augment_test

import (
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
)

func benchmark(b *testing.B, p *augment.Pipeline, src *rgb.Image, weight float64) {
	w := p.NewWorker()
	dst := make([]uint8, 3*p.Size*p.Size)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.View(dst, src, weight, 10, 1, uint32(i), uint8(i&1))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "views/s")
}

func BenchmarkBase(b *testing.B) {
	benchmark(b, augment.CIFAR(32), photo(32, 32), 0)
}

func BenchmarkBoostK1(b *testing.B) {
	benchmark(b, augment.CIFAR(32).With(augment.Boost{K: 1, R: 30}), photo(32, 32), 0.5)
}

func BenchmarkBoostK2(b *testing.B) {
	benchmark(b, augment.CIFAR(32).With(augment.Boost{K: 2, R: 30}), photo(32, 32), 0.5)
}

func BenchmarkImageNet(b *testing.B) {
	benchmark(b, augment.ImageNet(224), photo(500, 375), 0)
}

func BenchmarkImageNetKernelBlur(b *testing.B) {
	p := augment.ImageNet(224)
	p.Blur.Kernel = augment.KernelSize(224)
	benchmark(b, p, photo(500, 375), 0)
}

func BenchmarkBlur(b *testing.B) {
	m := photo(224, 224)
	for _, sigma := range []float64{0.5, 1, 2} {
		b.Run(fmt.Sprintf("pillow/sigma=%v", sigma), func(b *testing.B) {
			var z augment.Blurrer
			for b.Loop() {
				z.Blur(m, sigma)
			}
		})
		b.Run(fmt.Sprintf("kernel/sigma=%v", sigma), func(b *testing.B) {
			var z augment.KernelBlurrer
			for b.Loop() {
				z.Blur(m, 23, sigma)
			}
		})
	}
}
