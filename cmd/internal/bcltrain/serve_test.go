package bcltrain

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// What asks by a name of this machine gets the page, and nothing else does.
func TestLive(t *testing.T) {
	l := &live{host: "127.0.0.1"}
	ask := func(method, host, path, tag string) *http.Response {
		r := httptest.NewRequest(method, "http://"+host+path, nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		l.ServeHTTP(w, r)
		return w.Result()
	}
	if r := ask("GET", "localhost:8090", "/", ""); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("no page yet: %s", r.Status)
	}
	l.show([]byte("<h1>a"))
	r := ask("GET", "localhost:8090", "/", "")
	if text, _ := io.ReadAll(r.Body); string(text) != "<h1>a" || r.Header.Get("ETag") == "" || !strings.Contains(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %q %v", r.Status, text, r.Header)
	}
	if again := ask("GET", "127.0.0.1", "/", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same: %s", again.Status)
	}
	for _, c := range []struct {
		method, host, path string
		public             bool
		want               int
	}{
		{"GET", "[::1]:8090", "/", false, 200},
		{"HEAD", "LOCALHOST", "/", false, 200},
		{"GET", "evil.example", "/", false, 403},
		{"GET", "127.0.0.1.evil.example:8090", "/", false, 403},
		{"GET", "192.168.1.7:8090", "/", false, 403},
		{"GET", "192.168.1.7:8090", "/", true, 200},
		{"GET", "evil.example", "/", true, 403},
		{"POST", "localhost", "/", false, 405},
		{"GET", "localhost", "/config.yaml", false, 404},
		{"GET", "localhost", "/../x", false, 404},
	} {
		l.public = c.public
		if got := ask(c.method, c.host, c.path, "").StatusCode; got != c.want {
			t.Errorf("%s %s%s: %d, want %d", c.method, c.host, c.path, got, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{"8090": "127.0.0.1:8090", ":0": "127.0.0.1:0", "localhost:1": "localhost:1", "[::1]:7": "[::1]:7", "": "",
		"0.0.0.0:80": "--serve-public allows it", "example.org:80": "--serve-public allows it", "a:b:c": "expected a port", "localhost:": "expected a port", "99999": "expected a port"} {
		got, err := (&options{serve: text}).address()
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got, err := (&options{serve: "0.0.0.0:80", servePublic: true}).address(); err != nil || got != "0.0.0.0:80" {
		t.Errorf("public: %s, %v", got, err)
	}
	if _, err := (&options{servePublic: true}).address(); err == nil {
		t.Error("--serve-public alone: no error")
	}
	refused(t, 2, []string{"--serve-public"}, small(t, "x", t.TempDir(), "--serve=0.0.0.0:0")...)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	refused(t, 1, []string{"--serve", "in use"}, small(t, "x", t.TempDir(), "--serve="+busy.Addr().String())...)
}

// watched is output that is read while it is written.
type watched struct {
	sync.Mutex
	bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.Buffer.Write(p)
}

func (w *watched) text() string {
	w.Lock()
	defer w.Unlock()
	return w.String()
}

// A run with --serve answers while it trains.
func TestServe(t *testing.T) {
	var errs watched
	done := make(chan int)
	go func() {
		done <- Main(small(t, "x", t.TempDir(), "--serve=0", "--epochs", "4"), io.Discard, &errs)
	}()
	at := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)
	page := ""
	for {
		select {
		case code := <-done:
			if code != 0 || !strings.Contains(page, "Is it learning?") || !strings.Contains(page, "data-live") {
				t.Errorf("exit code %d, page %.200q\n%s", code, page, errs.text())
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
		if url := at.FindString(errs.text()); url != "" && page == "" {
			if r, err := http.Get(url); err == nil {
				if text, err := io.ReadAll(r.Body); err == nil && r.StatusCode == http.StatusOK {
					page = string(text)
				}
				r.Body.Close()
			}
		}
	}
}
