package dataset

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// VerifyOptions configures [Verify], [SkipBroken] and [CheckFiles]. The zero value is a
// good choice.
type VerifyOptions struct {
	// Workers is the number of goroutines that decode; 0 means one per processor.
	Workers int
	// Progress, if set, is called after samples were decoded, never concurrently, with
	// done rising to total, the number of samples not in Read.
	Progress func(done, total int)
	// Read, if set, has the names of samples that were decoded before, which are skipped;
	// Verify and SkipBroken add those that can be read. The parts of a [Place] that share
	// images share one map. Names must be unique in it.
	Read map[string]bool
}

// Broken is a sample that cannot be decoded.
type Broken struct {
	Index int
	Name  string
	Err   error
}

// BrokenError reports that a data set has samples that cannot be decoded.
type BrokenError struct {
	Broken []Broken // by index
	Total  int      // checked samples, without those of VerifyOptions.Read
}

func (e *BrokenError) Error() string {
	const most = 5
	lines := []string{fmt.Sprintf("%s of %s images cannot be read:", thousands(len(e.Broken)), thousands(e.Total))}
	for _, b := range e.Broken[:min(most, len(e.Broken))] {
		lines = append(lines, b.Err.Error())
	}
	if more := len(e.Broken) - most; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", thousands(more)))
	}
	return strings.Join(lines, "\n\t")
}

// Verify decodes every sample of ds once, to find broken ones before training. The error
// is a [*BrokenError] that names them, or ctx's. Decoded images stay in memory as far as
// they fit into the cache.
func Verify(ctx context.Context, ds Dataset, opt VerifyOptions) error {
	_, err := decode(ctx, ds, opt)
	return err
}

// decode does what [Verify] does, and returns the samples that can be read.
func decode(ctx context.Context, ds Dataset, opt VerifyOptions) (good []int, err error) {
	good, err = each(ctx, ds, opt, func(i int) error {
		_, err := ds.Image(i)
		return err
	})
	if opt.Read != nil {
		for _, i := range good {
			opt.Read[ds.Name(i)] = true
		}
	}
	return good, err
}

// each calls check for every sample of ds that opt.Read lacks, concurrently. The error is
// a *BrokenError with the samples that fail; good are all others.
func each(ctx context.Context, ds Dataset, opt VerifyOptions, check func(i int) error) (good []int, err error) {
	var todo []int
	for i := range ds.Len() {
		if !opt.Read[ds.Name(i)] {
			todo = append(todo, i)
		}
	}
	n := len(todo)
	workers := cmp.Or(max(opt.Workers, 0), runtime.GOMAXPROCS(0))
	errs := make([]error, ds.Len())
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex // for Progress
	done := 0
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				errs[todo[k]] = check(todo[k])
				if opt.Progress != nil {
					mu.Lock()
					done++
					opt.Progress(done, n)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e := &BrokenError{Total: n}
	for i, err := range errs {
		if err == nil {
			good = append(good, i)
		} else {
			e.Broken = append(e.Broken, Broken{i, ds.Name(i), err})
		}
	}
	if e.Broken != nil {
		return good, e
	}
	return good, nil
}

// SkipBroken decodes every sample of ds as [Verify] does, and returns the readable ones
// and the skipped ones, nil if there are none. It is an error if none can be read. The
// samples are renumbered, but index lists in files still count in the original ds
// ([ReadRows]).
func SkipBroken(ctx context.Context, ds Dataset, opt VerifyOptions) (left Dataset, skipped *BrokenError, err error) {
	good, err := decode(ctx, ds, opt)
	if err == nil {
		return ds, nil, nil
	}
	skipped, ok := err.(*BrokenError)
	if !ok || good == nil {
		return nil, nil, err
	}
	return &filtered{&subset{ds, good}}, skipped, nil
}
