package fetch

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bcl-go/bcl/bcl/internal/filelock"
)

// part is an incomplete archive, locked against other processes. A file next to it,
// .etag, has the server's version of it.
type part struct {
	*os.File
	path string
}

func openPart(path string) (*part, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := filelock.Try(f); err != nil {
		f.Close()
		if err == filelock.ErrBusy {
			return nil, fmt.Errorf("%s: another process is downloading this", path)
		}
		return nil, fmt.Errorf("%s: lock: %w", path, err)
	}
	return &part{f, path}, nil
}

func (p *part) etag() string {
	text, _ := os.ReadFile(p.path + ".etag") // none: the hash decides in the end
	return strings.TrimSpace(string(text))
}

// end returns the size of the part and seeks to its end.
func (p *part) end() (int64, error) { return p.Seek(0, io.SeekEnd) }

// restart empties the part, for version etag.
func (p *part) restart(etag string) error {
	if _, err := p.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if info, err := p.Stat(); err != nil || info.Size() > 0 {
		if err := p.Truncate(0); err != nil {
			return err
		}
	}
	os.Remove(p.path + ".etag")
	if etag == "" || strings.HasPrefix(etag, "W/") { // If-Range accepts only strong ones
		return nil
	}
	return os.WriteFile(p.path+".etag", []byte(etag+"\n"), 0o666)
}

func (p *part) remove() {
	os.Remove(p.path + ".etag")
	os.Remove(p.path)
}
