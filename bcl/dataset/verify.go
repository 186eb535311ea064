package dataset

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// VerifyOptions says how [Verify], [SkipBroken] and [CheckFiles] work. The zero value
// is a good choice.
type VerifyOptions struct {
	// Workers decode at the same time; 0 means one for each processor.
	Workers int
	// Progress, if set, is called after samples were decoded, never by two
	// goroutines at once, with done rising to total: of those that Read lacks.
	Progress func(done, total int)
	// Read, if set, has the names of samples that were decoded before, which are not
	// decoded again; Verify and SkipBroken add those that can be read. The parts of a
	// [Place] that share images share one map. A name means one image there.
	Read map[string]bool
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
	Total  int      // samples looked at, without those of VerifyOptions.Read
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
	err := each(ctx, ds, opt, func(i int) error {
		_, err := ds.Image(i)
		return err
	})
	found, ok := err.(*BrokenError)
	if err != nil && !ok || opt.Read == nil {
		return err
	}
	for i := range ds.Len() {
		if !found.has(i) {
			opt.Read[ds.Name(i)] = true
		}
	}
	return err
}

// has reports whether sample i is broken; e may be nil.
func (e *BrokenError) has(i int) bool {
	if e == nil {
		return false
	}
	_, found := slices.BinarySearchFunc(e.Broken, i, func(b Broken, i int) int { return b.Index - i })
	return found
}

// each calls check for every sample of ds that opt.Read lacks, several at a time, and
// returns a *BrokenError with those that it refuses.
func each(ctx context.Context, ds Dataset, opt VerifyOptions, check func(i int) error) error {
	var todo []int
	for i := range ds.Len() {
		if !opt.Read[ds.Name(i)] {
			todo = append(todo, i)
		}
	}
	n := len(todo)
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
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				errs[k] = check(todo[k])
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
	for k, err := range errs {
		if err != nil {
			e.Broken = append(e.Broken, Broken{todo[k], ds.Name(todo[k]), err})
		}
	}
	if e.Broken != nil {
		return e
	}
	return nil
}

// SkipBroken decodes every sample of ds as [Verify] does, and returns the set of
// those that can be read and what it skipped, nil if nothing. It is an error if none
// can be read. The samples are renumbered, but index lists in files still count in ds
// as it was ([ReadRows]).
func SkipBroken(ctx context.Context, ds Dataset, opt VerifyOptions) (good Dataset, skipped *BrokenError, err error) {
	if err = Verify(ctx, ds, opt); err == nil {
		return ds, nil, nil
	}
	skipped, ok := err.(*BrokenError)
	if !ok || len(skipped.Broken) == ds.Len() {
		return nil, nil, err
	}
	var left []int
	for i := range ds.Len() {
		if !skipped.has(i) {
			left = append(left, i)
		}
	}
	return &filtered{&subset{ds, left}}, skipped, nil
}
