package main

import (
	"bytes"
	"image/jpeg"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/torch/dtype"
)

// measure works for about d and returns items per second.
type measure func(d time.Duration) (float64, error)

// task is something to time; peer.py has one of the same name unless alone is set.
type task struct {
	name  string
	alone bool
	procs int // GOMAXPROCS; 0: all
	make  func() (measure, error)
}

var tasks = []task{
	{"views-base", false, 1, viewsOf(augment.CIFAR(32), 32, 32, 1)},
	{"views-k1", false, 1, viewsOf(augment.CIFAR(32).With(augment.Boost{K: 1, R: 30}), 32, 32, 1)},
	{"views-k2", false, 1, viewsOf(augment.CIFAR(32).With(augment.Boost{K: 2, R: 30}), 32, 32, 1)},
	{"views-base-2-workers", true, 2, viewsOf(augment.CIFAR(32), 32, 32, 2)},
	{"views-base-scaling-percent", true, 2, scaling(augment.CIFAR(32), 32, 32)},
	{"views-224", false, 1, viewsOf(augment.ImageNet(224), 500, 400, 1)},
	{"jpeg-decode", false, 1, decode},
	{"views-224-of-jpeg", false, 1, fromFiles(augment.ImageNet(224), 500, 400)},
	{"train-resnet10-w16", false, 0, training("resnet10", 16, 128, dtype.Float32)},
	{"train-resnet18", false, 0, training("resnet18", 64, 64, dtype.Float32)},
	{"train-resnet18-bf16", false, 0, training("resnet18", 64, 64, dtype.BFloat16)},
	{"train-of-batch-64", false, 0, training("resnet10", 16, 64, dtype.Float32)},
	{"train-of-batch-256", false, 0, training("resnet10", 16, 256, dtype.Float32)},
	{"train-of-batch-1024", false, 0, training("resnet10", 16, 1024, dtype.Float32)},
	{"train-of-batch-4096", false, 0, training("resnet10", 16, 4096, dtype.Float32)},
	{"train-resnet10-w16-compile", false, 0, training("resnet10", 16, 128, dtype.Float32)},
	{"train-resnet18-compile", false, 0, training("resnet18", 64, 64, dtype.Float32)},
	{"train-resnet18-bf16-compile", false, 0, training("resnet18", 64, 64, dtype.BFloat16)},
}

// repeat calls f until d is over and returns calls per second times each.
func repeat(d time.Duration, each int, f func(i int) error) (float64, error) {
	start, n := time.Now(), 0
	for time.Since(start) < d {
		if err := f(n); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n*each) / time.Since(start).Seconds(), nil
}

// viewsOf makes views of one image with a number of workers.
func viewsOf(p *augment.Pipeline, w, h, workers int) func() (measure, error) {
	return func() (measure, error) {
		src := photo(w, h)
		return func(d time.Duration) (float64, error) {
			_, rate := makeViews(p, src, workers, d)
			return rate, nil
		}, nil
	}
}

// makeViews makes views at weight 1/2 for about d, and returns how many, and the sum of
// the workers' rates.
func makeViews(p *augment.Pipeline, src *rgb.Image, workers int, d time.Duration) (views int, rate float64) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			worker, dst, n := p.NewWorker(), make([]uint8, 3*p.Size*p.Size), 0
			r, _ := repeat(d, 1, func(i int) error {
				worker.View(dst, src, 0.5, 10, uint32(k), uint32(i), uint8(i&1))
				n++
				return nil
			})
			mu.Lock()
			views, rate = views+n, rate+r
			mu.Unlock()
		})
	}
	wg.Wait()
	return views, rate
}

// decode reads a JPEG file of 500 x 400 pixels, quality 90.
func decode() (measure, error) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo(500, 400), &jpeg.Options{Quality: 90}); err != nil {
		return nil, err
	}
	return func(d time.Duration) (float64, error) {
		return repeat(d, 1, func(int) error {
			_, err := rgb.Decode(bytes.NewReader(file.Bytes()))
			return err
		})
	}, nil
}
