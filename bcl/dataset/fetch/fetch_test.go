package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// entry is one of a tar file.
type entry struct {
	name string
	kind byte
	data string
}

func pack(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Mode: 0o600, Size: int64(len(e.data))}
		if e.kind == tar.TypeSymlink || e.kind == tar.TypeLink {
			h.Linkname = "/etc/passwd"
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is data that gzip cannot shrink.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func good(t *testing.T) []byte {
	return pack(t, entry{"toy/", tar.TypeDir, ""}, entry{"toy/readme.html", tar.TypeReg, "unread"},
		entry{"toy/train", tar.TypeReg, noise(50000)}, entry{"toy/test", tar.TypeReg, "two"})
}

// toy is the archive that data is.
func toy(_ *testing.T, data []byte) archive {
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	return archive{name: "toy", file: "toy.tar.gz", size: int64(len(data)), sha256: sum, folder: "toy", files: []string{"train", "test"}}
}

// server serves data. cut, if not 0, ends each answer after that many bytes.
type server struct {
	data   []byte
	etag   string
	cut    int
	ranges bool
	status int      // if not 0, of the first answer
	asked  []string // the ranges
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Header.Get("Range"))
	if s.status != 0 {
		w.WriteHeader(s.status)
		s.status = 0
		return
	}
	w.Header().Set("ETag", s.etag)
	if !s.ranges {
		r.Header.Del("Range")
	}
	if s.cut > 0 {
		w = &cutter{w, s.cut}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.data))
}

type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if c.left == 0 {
		panic(http.ErrAbortHandler)
	}
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.left)])
	c.left -= n
	c.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

func (s *server) start(t *testing.T) Options {
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return Options{URL: h.URL, wait: time.Millisecond}.complete()
}

// checkFolder checks the fetched files, and that nothing else is left.
func checkFolder(t *testing.T, dir string) {
	t.Helper()
	train, err := os.ReadFile(filepath.Join(dir, "toy", "train"))
	if err != nil || string(train) != noise(50000) {
		t.Errorf("train has %d bytes, error %v", len(train), err)
	}
	if all, _ := filepath.Glob(filepath.Join(dir, "toy", "*")); len(all) != 3 {
		t.Errorf("the folder has %v", all)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files stay: %v", left)
	}
}

func TestFetch(t *testing.T) {
	data := good(t)
	for name, s := range map[string]*server{
		"whole":         {data: data},
		"cut":           {data: data, cut: 20000, ranges: true, etag: `"one"`},
		"busy at first": {data: data, status: 503},
		"too many":      {data: data, status: 429},
		"range refused": {data: data, status: 416, ranges: true},
	} {
		dir := t.TempDir()
		var last int64
		opt := s.start(t)
		opt.Progress = func(done, total int64) { last = done }
		path, err := toy(t, data).fetch(context.Background(), dir, opt)
		if err != nil || path != filepath.Join(dir, "toy") || last != int64(len(data)) {
			t.Errorf("%s: %q, %d bytes, error %v", name, path, last, err)
			continue
		}
		checkFolder(t, dir)
		if name == "cut" && (len(s.asked) != 3 || s.asked[1] != "bytes=20000-" || s.asked[2] != "bytes=40000-") {
			t.Errorf("requested %q", s.asked)
		}
	}
}

// TestFetchGoesOn: resume with the part of an earlier process.
func TestFetchGoesOn(t *testing.T) {
	data := good(t)
	wrong := bytes.Repeat([]byte{9}, 30000)
	for name, c := range map[string]struct {
		part  []byte
		etag  string
		s     *server
		asked []string
	}{
		"resumes":               {data[:30000], `"one"`, &server{etag: `"one"`, ranges: true}, []string{"bytes=30000-"}},
		"without an etag":       {data[:30000], "", &server{etag: `"one"`, ranges: true}, []string{"bytes=30000-"}},
		"replaced since":        {wrong, `"old"`, &server{etag: `"one"`, ranges: true}, []string{"bytes=30000-"}},
		"no ranges":             {data[:30000], "", &server{}, []string{"bytes=30000-"}},
		"part does not fit":     {wrong, "", &server{ranges: true}, []string{"bytes=30000-", ""}},
		"complete":              {data, "", &server{}, nil},
		"longer than it can be": {append(bytes.Clone(data), 1), "", &server{}, []string{""}},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "toy.tar.gz.part")
		if err := errors.Join(os.WriteFile(file, c.part, 0o666), os.WriteFile(file+".etag", []byte(c.etag), 0o666)); err != nil {
			t.Fatal(err)
		}
		c.s.data = data
		if _, err := toy(t, data).fetch(context.Background(), dir, c.s.start(t)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkFolder(t, dir)
		if fmt.Sprint(c.s.asked) != fmt.Sprint(c.asked) {
			t.Errorf("%s: requested %q, want %q", name, c.s.asked, c.asked)
		}
	}
}

func TestFetchRefuses(t *testing.T) {
	data := good(t)
	a := toy(t, data)
	other := bytes.Clone(data)
	other[len(other)/2]++
	for name, c := range map[string]struct {
		s    *server
		want string
	}{
		"other bytes": {&server{data: other}, "sha256 is "},
		"other size":  {&server{data: data[:500]}, fmt.Sprintf("500 bytes, expected %d", len(data))},
		"not there":   {&server{data: data, status: 404}, "toy.tar.gz: 404 Not Found"},
		"cut":         {&server{data: data, cut: 10}, "unexpected EOF"},
	} {
		dir := t.TempDir()
		_, err := a.fetch(context.Background(), dir, c.s.start(t))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "toy")); err == nil {
			t.Errorf("%s: the folder is there", name)
		}
	}
}

func TestHostileArchives(t *testing.T) {
	defer func(n int64) { most = n }(most)
	most = 1 << 20
	test := entry{"toy/test", tar.TypeReg, "two"}
	for want, entries := range map[string][]entry{
		`name "../train" is outside`:             {{"../train", tar.TypeReg, "x"}},
		`name "toy/../../train" is outside`:      {{"toy/../../train", tar.TypeReg, "x"}},
		`name "/etc/train" is outside`:           {{"/etc/train", tar.TypeReg, "x"}},
		`"toy/train" is a link`:                  {{"toy/train", tar.TypeSymlink, ""}},
		`"toy/test" is a link`:                   {{"toy/test", tar.TypeLink, ""}},
		`"toy/dev" is a link, device`:            {{"toy/dev", tar.TypeChar, ""}},
		`"toy/sub/" is a link, device or folder`: {{"toy/sub/", tar.TypeDir, ""}},
		`"other/train" is not in folder toy`:     {{"other/train", tar.TypeReg, "x"}},
		`"toy/test" is there twice`:              {test, test},
		"lacks toy/train":                        {test},
		"unpacks to more than 1048576 bytes":     {{"toy/train", tar.TypeReg, strings.Repeat("\x00", 1<<21)}},
		"unpacks to more than 1048576 bytes ":    {{"toy/unread", tar.TypeReg, strings.Repeat("\x00", 1<<21)}},
	} {
		dir := t.TempDir()
		data := pack(t, entries...)
		s := &server{data: data}
		_, err := toy(t, data).fetch(context.Background(), dir, s.start(t))
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("error %v, want %q", err, want)
		}
		for _, gone := range []string{"toy", "../train", "train"} {
			if _, err := os.Lstat(filepath.Join(dir, gone)); err == nil {
				t.Errorf("%s: %s is there", want, gone)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); left != nil {
			t.Errorf("%s: %v stays", want, left)
		}
	}
}

func TestInterrupted(t *testing.T) {
	data := good(t)
	s := &server{data: data, cut: 20000, ranges: true}
	opt := s.start(t)
	ctx, cancel := context.WithCancel(context.Background())
	opt.Progress = func(done, total int64) {
		if done >= 20000 {
			cancel()
		}
	}
	dir := t.TempDir()
	if _, err := toy(t, data).fetch(ctx, dir, opt); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "toy.tar.gz.part")); err != nil || info.Size() == 0 {
		t.Fatalf("no part stays: %v", err)
	}
	opt.Progress = func(int64, int64) {}
	if _, err := toy(t, data).fetch(context.Background(), dir, opt); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, dir)
	if s.asked[1] == "" {
		t.Error("the second call started over")
	}
}

func TestStalled(t *testing.T) {
	stop := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-stop }))
	defer h.Close()
	defer close(stop)
	opt := Options{URL: h.URL, wait: time.Millisecond, idle: 20 * time.Millisecond}.complete()
	if _, err := toy(t, good(t)).fetch(context.Background(), t.TempDir(), opt); err == nil || !strings.Contains(err.Error(), "no data for 20ms") {
		t.Errorf("error %v", err)
	}
}

func TestAlreadyThere(t *testing.T) {
	data := good(t)
	s := &server{data: data}
	opt := s.start(t)
	dir := t.TempDir()
	for range 2 {
		if _, err := toy(t, data).fetch(context.Background(), dir, opt); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("%d requests", len(s.asked))
	}
	if err := os.WriteFile(filepath.Join(dir, "toy", "test"), []byte("TWO"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := toy(t, data).fetch(context.Background(), dir, opt); err == nil || !strings.Contains(err.Error(), "toy/test: sha256 is ") {
		t.Errorf("a damaged file: error %v", err)
	}
}

func TestCannotWrite(t *testing.T) {
	data := good(t)
	a, opt := toy(t, data), (&server{data: data}).start(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := a.fetch(context.Background(), file, opt); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("below a file: error %v", err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(dir, "toy.tar.gz.part")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.fetch(context.Background(), dir, opt); err == nil || !strings.Contains(err.Error(), "no space left on device: archive and data take 360 MB") {
		t.Errorf("a full disk: error %v", err)
	}
	if err := explain(&os.PathError{Op: "mkdir", Path: "/x", Err: os.ErrPermission}); !strings.Contains(err.Error(), "/x: permission denied: choose") {
		t.Errorf("no permission: %v", err)
	}
	other := t.TempDir()
	p, err := openPart(filepath.Join(other, "toy.tar.gz.part"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := a.fetch(context.Background(), other, opt); err == nil || !strings.Contains(err.Error(), "another process is downloading") {
		t.Errorf("two at once: error %v", err)
	}
}

func TestNames(t *testing.T) {
	for _, name := range Names() {
		for _, form := range []string{"", Python, Binary} {
			if a, err := find(name, form); err != nil || a.name != name || len(a.sha256) != 64 {
				t.Errorf("%s %s: %+v, error %v", name, form, a, err)
			}
		}
	}
	for _, c := range [][3]string{{"mnist", "", "expected cifar10 or cifar100"}, {"cifar10", "matlab", "expected python or binary"}} {
		if _, err := CIFAR(context.Background(), c[0], t.TempDir(), Options{Form: c[1]}); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v: error %v", c, err)
		}
	}
}
