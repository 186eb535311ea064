package main

import (
	"syscall"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
)

// scaling compares the views that two workers make per second of processor time with
// those of one, and returns the speed-up in percent on two free cores: 200 if the workers
// do not slow each other down. Unlike the rate of two workers it can be measured when
// other processes use the cores.
func scaling(p *augment.Pipeline, w, h int) func() (measure, error) {
	return func() (measure, error) {
		src := photo(w, h)
		perCPU := func(workers int, d time.Duration) (float64, error) {
			before, err := processorTime()
			if err != nil {
				return 0, err
			}
			views, _ := makeViews(p, src, workers, d)
			after, err := processorTime()
			return float64(views) / (after - before).Seconds(), err
		}
		return func(d time.Duration) (float64, error) {
			one, err := perCPU(1, d/2)
			if err != nil {
				return 0, err
			}
			two, err := perCPU(2, d/2)
			return 200 * two / one, err
		}, nil
	}
}

// processorTime is the time this process has used, of all cores.
func processorTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
