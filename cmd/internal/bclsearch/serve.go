package bclsearch

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

const serveUsage = `Usage: bcl-search serve INDEX [flags]

Serves a page that finds neighbours of images that are uploaded and of items, with
pictures, until Ctrl-C. Only this machine reaches it: other addresses than loopback's
need --public.
`

// Limits of what is uploaded.
const (
	maxUpload = 32 << 20 // bytes
	maxPixels = 64 << 20
)

// flags are those of embedding images.
func (s *finder) flags(f *pflag.FlagSet) {
	f.StringVar(&s.checkpoint, "run", "", "where the network of the index is now: a `RUN` or file; default: where it was")
	f.StringVar(&s.data, "data", "", "where the images of the index are now, for pictures: a `PLACE`; default: where they were")
	f.StringVar(&s.dev, "device", device.Auto, "cpu, cuda, cuda:N, or auto, to embed images")
	f.IntVar(&s.threads, "threads", 0, "CPU threads; 0: one per core")
}

// web serves pages; one request at a time computes.
type web struct {
	*finder
	public bool
	mu     sync.Mutex
}

func serve(c *call) error {
	f := cli.NewFlags(c.name)
	w := &web{finder: &finder{c: c}}
	address := f.String("address", "127.0.0.1:8091", "`HOST:PORT` to serve at; port 0 takes a free one")
	f.BoolVar(&w.public, "public", false, "allow addresses that other machines reach: whoever does sees the images")
	f.IntVarP(&w.k, "k", "k", 24, "neighbours")
	f.IntVar(&w.probe, "nprobe", 0, "lists that are searched; 0: the index's default")
	w.flags(f)
	args, err := c.parse(f, serveUsage, 1, 1, "INDEX")
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(*address)
	if err != nil || w.k < 1 || w.probe < 0 {
		return cli.Usagef("--address is %q, -k %d: expected HOST:PORT and at least 1", *address, w.k)
	}
	if !loopback(host) && !w.public {
		return cli.Usagef("--address %s: others could see images and names there; --public allows it", *address)
	}
	if _, err := device.Parse(w.dev, f.Changed("device")); err != nil { // before anything else
		return err
	}
	if err := torch.SetNumThreads(w.threads); err != nil {
		return err
	}
	if w.x, err = search.Open(args[0]); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: w, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 14}
	fmt.Fprintf(c.log, "%s: http://%s/ until Ctrl-C\n", c.name, listener.Addr())
	go func() {
		<-c.ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// loopback reports whether a host is this machine, reached by nobody else.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (w *web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	// A page elsewhere must not read this one under a name that it resolves to loopback, nor
	// make a browser send it something.
	origin := r.Header.Get("Origin")
	if !w.public && !loopback(strings.Trim(host, "[]")) || origin != "" && origin != "http://"+r.Host && origin != "https://"+r.Host {
		http.Error(out, "another host", http.StatusForbidden)
		return
	}
	if r.URL.Path != "/" {
		http.NotFound(out, r)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var answers []Answer
	var queries dataset.Dataset
	switch id := r.URL.Query().Get("id"); {
	case r.Method == http.MethodPost:
		if queries, err = uploaded(out, r); err == nil {
			answers, err = w.pictures(queries)
		}
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(out, "GET and POST are served", http.StatusMethodNotAllowed)
		return
	case id != "":
		var n int64
		if n, err = strconv.ParseInt(id, 10, 64); err == nil {
			answers, err = w.items([]int64{n})
		}
	}
	var page bytes.Buffer
	if err == nil {
		err = w.page(&page, answers, queries, "/")
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	h := out.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	out.Write(page.Bytes())
}

// uploaded reads the image of a form.
func uploaded(out http.ResponseWriter, r *http.Request) (dataset.Dataset, error) {
	r.Body = http.MaxBytesReader(out, r.Body, maxUpload)
	f, head, err := r.FormFile("image")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := rgb.Decoder{MaxPixels: maxPixels}.Decode(f)
	if err != nil {
		return nil, err
	}
	return one{files{head.Filename}, m}, nil
}
