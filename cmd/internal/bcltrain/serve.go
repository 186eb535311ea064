package bcltrain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// serveDefault is the address of --serve without one.
const serveDefault = "127.0.0.1:8090"

// live serves the page of a run that trains.
type live struct {
	public bool
	host   string // of the address
	page   atomic.Pointer[document]
	server *http.Server
}

type document struct {
	text []byte
	tag  string
}

// address completes an address: a port alone is one of this machine's own. Of others than
// loopback it is an error unless they are asked for: whoever reaches the port sees names and
// settings.
func (o *options) address() (string, error) {
	if o.serve == "" {
		if o.servePublic {
			return "", cli.Usagef("--serve-public does nothing without --serve")
		}
		return "", nil
	}
	text := o.serve
	if !strings.Contains(text, ":") {
		text = ":" + text
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", cli.Usagef("--serve is %q, expected a port or HOST:PORT, such as %s", o.serve, serveDefault)
	}
	if _, err := net.LookupPort("tcp", port); err != nil || port == "" {
		return "", cli.Usagef("--serve is %q, expected a port or HOST:PORT, such as %s", o.serve, serveDefault)
	}
	host = cmp.Or(host, "127.0.0.1")
	if !loopback(host) && !o.servePublic {
		return "", cli.Usagef("--serve %s: others could see names and settings there; --serve-public allows it", o.serve)
	}
	return net.JoinHostPort(host, port), nil
}

// loopback reports whether a host is this machine, reached by nobody else.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// listen starts the server; "" is no address, and no server.
func (o *options) listen() (*live, error) {
	address, err := o.address()
	if address == "" || err != nil || o.follows() {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--serve: %w", err)
	}
	host, _, _ := net.SplitHostPort(address)
	l := &live{public: o.servePublic, host: host}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
	go l.server.Serve(listener)
	o.theirs.Remark("the page of this run is at http://%s/ while it trains", listener.Addr())
	return l, nil
}

// Close ends the server; a nil one is none.
func (l *live) Close() {
	if l != nil {
		l.server.Close()
	}
}

// show replaces the page.
func (l *live) show(page []byte) {
	sum := sha256.Sum256(page)
	l.page.Store(&document{page, `"` + hex.EncodeToString(sum[:16]) + `"`})
}

// ServeHTTP answers requests of the page. A browser can be made to ask by another name for
// this machine (DNS rebinding), and so to tell another site what is here: only names of this
// machine are answered.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "frame-ancestors 'none'")
	h.Set("Cache-Control", "no-cache")
	switch {
	case !l.known(r.Host):
		http.Error(w, "this is not a name of this machine", http.StatusForbidden)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "expected GET", http.StatusMethodNotAllowed)
		return
	case r.URL.Path != "/":
		http.NotFound(w, r)
		return
	}
	d := l.page.Load()
	if d == nil {
		h.Set("Retry-After", "5")
		http.Error(w, "the page is not made yet: try again", http.StatusServiceUnavailable)
		return
	}
	h.Set("ETag", d.tag)
	if r.Header.Get("If-None-Match") == d.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.Write(d.text)
}

// known reports whether a Host header names this machine.
func (l *live) known(header string) bool {
	host := header
	if name, _, err := net.SplitHostPort(header); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if loopback(host) {
		return true
	}
	if !l.public {
		return false
	}
	own, _ := os.Hostname()
	return net.ParseIP(host) != nil || strings.EqualFold(host, l.host) || own != "" && strings.EqualFold(host, own)
}
