package dataset

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
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

// Unwrap returns what is wrong with each.
func (e *BrokenError) Unwrap() (errs []error) {
	for _, b := range e.Broken {
		errs = append(errs, b.Err)
	}
	return errs
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
	err = each(ctx, ds, opt, func(i int) error {
		_, err := ds.Image(i)
		return err
	})
	broken, bad := err.(*BrokenError)
	if err != nil && !bad || opt.Read == nil && !bad {
		return nil, err
	}
	next := 0 // of those that are broken
	for i := range ds.Len() {
		if bad && next < len(broken.Broken) && broken.Broken[next].Index == i {
			next++
			continue
		}
		good = append(good, i)
		if opt.Read != nil {
			opt.Read[ds.Name(i)] = true
		}
	}
	return good, err
}

// each calls check for every sample of ds that opt.Read lacks, concurrently. The error is
// a *BrokenError with the samples that fail.
func each(ctx context.Context, ds Dataset, opt VerifyOptions, check func(i int) error) error {
	n := ds.Len()
	sample := func(k int) int { return k }
	if len(opt.Read) > 0 {
		var todo []int
		for i := range n {
			if !opt.Read[ds.Name(i)] {
				todo = append(todo, i)
			}
		}
		n, sample = len(todo), func(k int) int { return todo[k] }
	}
	workers := cmp.Or(max(opt.Workers, 0), runtime.GOMAXPROCS(0))
	e := &BrokenError{Total: n}
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex // for Progress and e
	done := 0
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				if err := check(sample(k)); err != nil {
					mu.Lock()
					e.Broken = append(e.Broken, Broken{sample(k), ds.Name(sample(k)), err})
					mu.Unlock()
				}
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
		return err
	}
	if e.Broken == nil {
		return nil
	}
	slices.SortFunc(e.Broken, func(a, b Broken) int { return cmp.Compare(a.Index, b.Index) })
	return e
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
