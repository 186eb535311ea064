package shard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Kind is a kind of shards.
type Kind struct {
	Name  string // also the extension of its files
	Named bool   // samples have names, and their bytes are in one piece

	scan func(f io.ReaderAt, size int64, name string, b *block) error
	read func(x *Index, file, k int) ([]byte, error)
	open func(f *os.File, size int64) (any, error) // what reading needs of a file; nil: nothing
}

// The kinds.
var (
	Tar     = Kind{Name: "tar", Named: true, scan: scanTar, read: readTar}
	Parquet = Kind{Name: "parquet", scan: scanParquet, read: readParquet, open: openParquet}
)

// Options configures [Open]. The zero value is a good choice.
type Options struct {
	// Dir is where indexes are kept; "" is bcl/index in the user's cache folder, or
	// $BCL_CACHE/index. An index that cannot be kept there is held in memory.
	Dir string
	// Workers is how many files are scanned at a time; 0 means 8: most of a scan is waiting.
	Workers int
	// RowCache is how many bytes of images of Parquet files are kept, in whole row groups, at
	// least 64 MiB.
	RowCache int
	// Progress, if set, is called after a file was scanned, never concurrently.
	Progress func(done, total int)
}

// Open returns the index of some files of a kind, from its file if that is of them as they
// are, else from a scan. note says why an index was not found or could not be kept; "" if
// there is nothing to say. The error of a scan is that of the first file that has one.
func Open(ctx context.Context, k Kind, paths []string, opt Options) (x *Index, note string, err error) {
	if x, note, err = open(ctx, k, paths, opt); err == nil {
		x.rows.limit = max(opt.RowCache, minRows)
	}
	return x, note, err
}

func open(ctx context.Context, k Kind, paths []string, opt Options) (x *Index, note string, err error) {
	files, err := stat(paths)
	if err != nil {
		return nil, "", err
	}
	path, err := cachePath(k, opt.Dir, files)
	if err != nil {
		note = fmt.Sprintf("the index of %s is held in memory: %v", describe(files), err)
	} else {
		x, err := load(k, path, files)
		if err == nil {
			return x, "", nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			note = fmt.Sprintf("%s is made anew: %v", quote.Name(path), err)
		}
	}
	scanned := func(w io.Writer) error { return write(ctx, w, k, files, opt) }
	if path != "" {
		var failed *scanError
		err := keep(path, scanned)
		if err == nil {
			x, err = load(k, path, files)
		}
		if err == nil {
			return x, note, nil
		}
		if errors.As(err, &failed) {
			return nil, "", failed.err
		}
		note = fmt.Sprintf("the index of %s is held in memory: %v", describe(files), err)
	}
	x, err = inMemory(k, files, scanned)
	return x, note, err
}

func describe(files []indexed) string {
	if len(files) == 1 {
		return quote.Name(files[0].Path)
	}
	return fmt.Sprintf("%s and %d more", quote.Name(files[0].Path), len(files)-1)
}

// stat looks at the files as they are.
func stat(paths []string) (files []indexed, err error) {
	if len(paths) == 0 {
		return nil, errors.New("no shards")
	}
	files = make([]indexed, len(paths))
	errs := make([]error, len(paths))
	each(len(paths), 16, func(i int) {
		info, err := os.Stat(paths[i])
		switch {
		case err != nil:
			errs[i] = quote.Error(err)
		case !info.Mode().IsRegular():
			errs[i] = fmt.Errorf("%s: a folder or device, expected a file", quote.Name(paths[i]))
		default:
			at, err := filepath.Abs(paths[i])
			files[i], errs[i] = indexed{Path: at, Size: info.Size(), Modified: info.ModTime().UnixNano()}, err
		}
	})
	missing := 0
	for _, err := range errs {
		if errors.Is(err, fs.ErrNotExist) {
			missing++
		}
	}
	for _, err := range errs {
		if err != nil && missing > 1 {
			return nil, fmt.Errorf("%w, and %d more of %d shards are missing", err, missing-1, len(paths))
		}
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// each calls f for 0 ... n-1 on some goroutines.
func each(n, workers int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, workers) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// same returns an error if an index is of other files, or of these before they changed.
func same(was, now []indexed) error {
	if len(was) != len(now) {
		return fmt.Errorf("it is of %d files, now there are %d", len(was), len(now))
	}
	at := slices.IndexFunc(now, func(f indexed) bool { return false })
	for i := range now {
		if was[i].Path != now[i].Path || was[i].Size != now[i].Size || was[i].Modified != now[i].Modified {
			at = i
			break
		}
	}
	if at < 0 {
		return nil
	}
	return fmt.Errorf("%s has changed", quote.Name(now[at].Path))
}

// scanError is an error of the shards, not of the index's own file.
type scanError struct{ err error }

func (e *scanError) Error() string { return e.err.Error() }
func (e *scanError) Unwrap() error { return e.err }

// scanAll scans the files, some at a time, and calls f with the block of each in their order.
// Memory holds those of a few files.
func scanAll(ctx context.Context, k Kind, files []indexed, opt Options, f func(i int, b *block) error) error {
	type result struct {
		b   *block
		err error
	}
	workers := cmp.Or(max(opt.Workers, 0), 8)
	results := make([]chan result, len(files))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	ctx, stop := context.WithCancel(ctx)
	slots := make(chan struct{}, 2*workers) // blocks that wait for their turn
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	next := make(chan int)
	wg.Go(func() {
		defer close(next)
		for i := range files {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	for range min(workers, len(files)) {
		wg.Go(func() {
			for i := range next {
				b, err := scan(ctx, k, files[i])
				results[i] <- result{b, err}
			}
		})
	}
	for i := range files {
		select {
		case r := <-results[i]:
			<-slots
			if r.err != nil {
				return &scanError{r.err}
			}
			if err := f(i, r.b); err != nil {
				return err
			}
		case <-ctx.Done():
			return &scanError{ctx.Err()}
		}
		if opt.Progress != nil {
			opt.Progress(i+1, len(files))
		}
	}
	return nil
}

func scan(ctx context.Context, k Kind, file indexed) (*block, error) {
	f, err := os.Open(file.Path)
	if err != nil {
		return nil, quote.Error(err)
	}
	defer f.Close()
	b := &block{ctx: ctx, named: k.Named}
	return b, k.scan(f, file.Size, file.Path, b)
}
