package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Options configures [CIFAR]. The zero value is a good choice.
type Options struct {
	// Form is Python or Binary; "" is Python.
	Form string
	// URL is the folder of the archives on a mirror; "" is where they are published.
	// Archives of a mirror are checked the same way.
	URL string
	// Client makes the requests; nil is one that uses HTTPS_PROXY.
	Client *http.Client
	// Progress, if set, is called with the downloaded bytes of the archive.
	Progress func(done, total int64)
	// Message, if set, is called with errors that are retried.
	Message func(text string)

	wait time.Duration // before the second try; 0 is a second. It doubles each time.
	idle time.Duration // without data until a try fails; 0 is a minute
}

// CIFAR makes sure that the data set name ("cifar10" or "cifar100") is in a folder below
// dir, and returns the path of that folder, for dataset.Open. An existing folder is
// checked and not changed. A call that ctx ends is resumed by the next.
func CIFAR(ctx context.Context, name, dir string, opt Options) (string, error) {
	a, err := find(name, opt.Form)
	if err != nil {
		return "", err
	}
	return a.fetch(ctx, dir, opt.complete())
}

func (o Options) complete() Options {
	o.URL = strings.TrimSuffix(cmp.Or(o.URL, base), "/") + "/"
	o.Client = cmp.Or(o.Client, http.DefaultClient)
	o.wait, o.idle = cmp.Or(o.wait, time.Second), cmp.Or(o.idle, time.Minute)
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	if o.Message == nil {
		o.Message = func(string) {}
	}
	return o
}

func (a archive) fetch(ctx context.Context, dir string, opt Options) (string, error) {
	folder := filepath.Join(dir, a.folder)
	if there, err := a.check(folder); there || err != nil {
		return folder, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", explain(err)
	}
	part, err := openPart(filepath.Join(dir, a.file+".part"))
	if err != nil {
		return "", explain(err)
	}
	defer part.Close() // and with it its lock
	if there, err := a.check(folder); there || err != nil {
		return folder, err // another process was first
	}
	if err := a.download(ctx, part, opt); err != nil {
		return "", explain(err)
	}
	if err := a.unpack(ctx, part.File, dir); err != nil {
		return "", explain(err)
	}
	part.remove()
	return folder, nil
}

// explain adds advice to errors of the file system.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: archive and data take 360 MB; with more space the same command resumes", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: choose a folder that can be written to", err)
	}
	return err
}
