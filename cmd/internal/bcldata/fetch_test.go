package bcldata

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFetchChecks: a server that sends something else is detected at once.
func TestFetchChecks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/cifar-100-binary.tar.gz" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte("a login page"))
	}))
	defer server.Close()
	to := t.TempDir()
	status, out, log := bcl("fetch", "cifar100", "--binary", "--to", to, "--url", server.URL)
	if status != 1 || out != "" || !strings.Contains(log, "12 bytes, expected 168513733") {
		t.Errorf("status %d, output %q, log %q", status, out, log)
	}
	if status, _, log := bcl("fetch", "cifar10", "--to", to, "--url", server.URL); status != 1 || !strings.Contains(log, "404 Not Found") {
		t.Errorf("status %d, log %q", status, log)
	}
	if err := os.Mkdir(filepath.Join(to, "cifar-10-batches-py"), 0o777); err != nil {
		t.Fatal(err)
	}
	if status, _, log := bcl("fetch", "cifar10", "--to", to); status != 1 || !strings.Contains(log, "to fetch it again") {
		t.Errorf("an empty folder: status %d, log %q", status, log)
	}
}
