package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// tries without progress until a download fails.
const tries = 5

// final is an error that is not retried.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// download completes the part, and checks it.
func (a archive) download(ctx context.Context, p *part, opt Options) error {
	before, err := p.end()
	if err != nil {
		return err
	}
	for {
		if err := a.complete(ctx, p, opt); err != nil {
			return err
		}
		sum, err := dataset.FileHash(p.path)
		switch {
		case err != nil:
			return err
		case sum == a.sha256:
			return nil
		case before == 0:
			p.remove()
			return fmt.Errorf("%s%s: sha256 is %s, expected %s; it was deleted", opt.URL, a.file, sum, a.sha256)
		}
		opt.Message(fmt.Sprintf("%s: the earlier part does not fit, starting over", a.file))
		if err := p.restart(""); err != nil {
			return err
		}
		before = 0
	}
}

// complete tries until all bytes are downloaded. Each try resumes where the last stopped.
func (a archive) complete(ctx context.Context, p *part, opt Options) error {
	wait, before := opt.wait, int64(-1)
	for failed := 0; ; {
		have, err := p.end()
		if err != nil {
			return err
		}
		if have == a.size {
			return nil
		}
		if have > before+1<<20 {
			failed, wait, before = 0, opt.wait, have
		}
		err = a.request(ctx, p, have, opt)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var stop final
		var file *os.PathError
		if failed++; errors.As(err, &stop) || errors.As(err, &file) || failed == tries {
			return fmt.Errorf("%s%s: %w", opt.URL, a.file, err)
		}
		opt.Message(fmt.Sprintf("%s: %v; trying again in %v", a.file, err, wait))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
}

// request requests the bytes after have and appends them.
func (a archive) request(ctx context.Context, p *part, have int64, opt Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(opt.idle, func() { cancel(fmt.Errorf("no data for %v", opt.idle)) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, opt.URL+a.file, nil)
	if err != nil {
		return final{err}
	}
	req.Header.Set("Accept-Encoding", "identity") // the archive without encoding
	if have > 0 && have < a.size {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if etag := p.etag(); etag != "" {
			req.Header.Set("If-Range", etag)
		}
	}
	resp, err := opt.Client.Do(req)
	if err != nil {
		return cause(ctx, err)
	}
	defer resp.Body.Close()
	total := resp.ContentLength
	switch resp.StatusCode {
	case http.StatusOK: // from the start, whatever was requested
		have = 0
		if err := p.restart(resp.Header.Get("ETag")); err != nil {
			return err
		}
	case http.StatusPartialContent:
		var first, last int64
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); err != nil || first != have {
			return final{fmt.Errorf("Content-Range %q, requested bytes from %d", resp.Header.Get("Content-Range"), have)}
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if err := p.restart(""); err != nil {
			return err
		}
		return errors.New(resp.Status)
	default:
		err := errors.New(resp.Status)
		if c := resp.StatusCode; c >= 500 || c == http.StatusRequestTimeout || c == http.StatusTooManyRequests {
			return err
		}
		return final{err}
	}
	if total >= 0 && total != a.size {
		return final{fmt.Errorf("%d bytes, expected %d", total, a.size)}
	}
	body := &meter{Reader: io.LimitReader(resp.Body, a.size-have+1), tick: func(n int) {
		watch.Reset(opt.idle)
		have += int64(n)
		opt.Progress(min(have, a.size), a.size)
	}}
	_, err = io.Copy(p.File, body)
	switch {
	case err != nil:
		return cause(ctx, err)
	case have > a.size:
		p.restart("")
		return final{fmt.Errorf("more than the expected %d bytes", a.size)}
	case have < a.size:
		return fmt.Errorf("interrupted at %d of %d bytes", have, a.size)
	}
	return nil
}

// cause returns why ctx ended, if it did, else err.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// meter reports how many bytes were read.
type meter struct {
	io.Reader
	tick func(n int)
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if n > 0 {
		m.tick(n)
	}
	return n, err
}
