package augment_test

import (
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
