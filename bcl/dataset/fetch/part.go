package fetch

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bcl-go/bcl/bcl/internal/filelock"
)

// part is an archive that is not complete yet, locked against other processes. A
// file beside it, .etag, remembers which version on the server it is a part of.
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
	text, _ := os.ReadFile(p.path + ".etag") // none: the hash tells in the end
	return strings.TrimSpace(string(text))
}

// end returns how many bytes are there, and goes to the last of them.
func (p *part) end() (int64, error) { return p.Seek(0, io.SeekEnd) }

// restart empties the part; what comes is of the version etag.
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
	if etag == "" || strings.HasPrefix(etag, "W/") { // If-Range takes strong ones alone
		return nil
	}
	return os.WriteFile(p.path+".etag", []byte(etag+"\n"), 0o666)
}

func (p *part) remove() {
	os.Remove(p.path + ".etag")
	os.Remove(p.path)
}
