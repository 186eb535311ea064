package main

import (
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
)

// scaling compares the views that two workers make in a second of processor time
// with those of one, and returns the speed-up in percent that two free cores give:
// 200 if the workers do not get in each other's way. Unlike the rate of two workers
// it can be measured when others use the cores.
func scaling(p *augment.Pipeline, w, h int) func() (measure, func(), error) {
	return func() (measure, func(), error) {
		src := photo(w, h)
		procs := runtime.GOMAXPROCS(2)
		perCPU := func(workers int, d time.Duration) (float64, error) {
			views := make([]int, workers)
			before, err := processorTime()
			if err != nil {
				return 0, err
			}
			var wg sync.WaitGroup
			for k := range workers {
				wg.Go(func() {
					worker, dst := p.NewWorker(), make([]uint8, 3*p.Size*p.Size)
					_, _ = repeat(d, 1, func(i int) error {
						worker.View(dst, src, 0.5, 10, uint32(k), uint32(i), uint8(i&1))
						views[k] = i + 1
						return nil
					})
				})
			}
			wg.Wait()
			after, err := processorTime()
			total := 0
			for _, n := range views {
				total += n
			}
			return float64(total) / (after - before).Seconds(), err
		}
		return func(d time.Duration) (float64, error) {
			one, err := perCPU(1, d/2)
			if err != nil {
				return 0, err
			}
			two, err := perCPU(2, d/2)
			return 200 * two / one, err
		}, func() { runtime.GOMAXPROCS(procs) }, nil
	}
}

// processorTime is the time this process has used, of all cores.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
