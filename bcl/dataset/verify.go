package dataset

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// VerifyOptions says how [Verify] and [SkipBroken] work.
type VerifyOptions struct {
	// Workers decode at the same time; 0 means one for each processor.
	Workers int
	// Progress, if set, is called after samples were decoded, never by two
	// goroutines at once, with done rising to total.
	Progress func(done, total int)
}

// Broken is a sample that cannot be decoded.
type Broken struct {
	Index int
	Name  string
	Err   error
}

// BrokenError reports that a set has samples that cannot be decoded.
type BrokenError struct {
	Broken []Broken // by index
	Total  int      // samples looked at
}

func (e *BrokenError) Error() string {
	const most = 5
	lines := []string{fmt.Sprintf("%s of %s images cannot be read:", thousands(len(e.Broken)), thousands(e.Total))}
	for i, b := range e.Broken {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %s more", thousands(len(e.Broken)-most)))
			break
		}
		lines = append(lines, b.Err.Error())
	}
	return strings.Join(lines, "\n\t")
}

// Verify decodes every sample of ds once, so that training will not meet a
// broken one. The error is a [*BrokenError] that names them, or ctx's.
// Decoded images stay in memory as far as the set's cache reaches.
func Verify(ctx context.Context, ds Dataset, opt VerifyOptions) error {
	return each(ctx, ds, opt, func(i int) error {
		_, err := ds.Image(i)
		return err
	})
}

// each calls check for every sample of ds, several at a time, and returns a
// *BrokenError with those that it refuses.
func each(ctx context.Context, ds Dataset, opt VerifyOptions, check func(i int) error) error {
	n := ds.Len()
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	var next, done atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex // for Progress
	told := 0
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				errs[i] = check(i)
				d := int(done.Add(1))
				if opt.Progress != nil {
					mu.Lock()
					if d > told { // a slower worker may come with an older number
						told = d
						opt.Progress(d, n)
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	e := &BrokenError{Total: n}
	for i, err := range errs {
		if err != nil {
			e.Broken = append(e.Broken, Broken{i, ds.Name(i), err})
		}
	}
	if e.Broken != nil {
		return e
	}
	return nil
}

// SkipBroken decodes every sample of ds as [Verify] does, and returns the set of
// those that can be read and the list of those that cannot. It is an error if
// none can. The samples are renumbered, but index lists in files still count in ds
// as it was ([ReadRows]).
func SkipBroken(ctx context.Context, ds Dataset, opt VerifyOptions) (Dataset, []Broken, error) {
	err := Verify(ctx, ds, opt)
	if err == nil {
		return ds, nil, nil
	}
	e, ok := err.(*BrokenError)
	if !ok || len(e.Broken) == ds.Len() {
		return nil, nil, err
	}
	good := make([]int, 0, ds.Len()-len(e.Broken))
	next := 0
	for i := range ds.Len() {
		if next < len(e.Broken) && e.Broken[next].Index == i {
			next++
			continue
		}
		good = append(good, i)
	}
	return &rest{&subset{ds, good}}, e.Broken, nil
}
