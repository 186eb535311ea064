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

// Options says how [CIFAR] works. The zero value is a good choice.
type Options struct {
	// Form is Python or Binary; "" is Python.
	Form string
	// URL is the folder that has the archives, of a mirror; "" is where they are
	// published. What a mirror gives is checked just the same.
	URL string
	// Client makes the requests; nil is one that respects HTTPS_PROXY.
	Client *http.Client
	// Progress, if set, is called with the bytes of the archive that are there.
	Progress func(done, total int64)
	// Message, if set, is told what goes wrong and is tried again.
	Message func(text string)

	wait time.Duration // before the second try; 0 is a second. It doubles.
	idle time.Duration // without a byte, after which a try has failed; 0 is a minute
}

// CIFAR makes sure that the data set name ("cifar10" or "cifar100") lies in a folder
// below dir, and returns the path of that folder, for dataset.Open. A folder that is
// there already is checked and left as it is. What ctx ends, the next call resumes.
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
		return folder, err // another process was faster
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

// explain says what to do about errors of the file system.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: archive and data take 360 MB; with more space the same command resumes", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: choose a folder that can be written to", err)
	}
	return err
}
