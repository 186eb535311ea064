package bclsearch

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/bcldata"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
)

// Pictures of items are those of the images that were embedded, also if flags chose them of a
// folder; and the page says why if they cannot be had.
func TestPicturesOfChosenImages(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	do(t, 0, bcldata.Main, "export", "embedded", "--out", at("all"), "--per-class", "6")
	photos := filepath.Join(at("all"), "train")
	do(t, 0, bcltrain.Main, "r", "--data", photos, "--holdout", "0.3", "--save-dir", dir, "--model", "resnet10", "--width", "2", "--size", "16", "--epochs", "1", "--batch-size", "16", "--warmup", "0", "--threads", "1", "--report=false")
	do(t, 0, bcleval.Main, "embed", at("r"), "--out", at("features"), "--threads", "1")
	do(t, 0, Main, "build", at("index"), at("features"))
	page := func() string {
		x, err := search.Open(at("index"))
		if err != nil {
			t.Fatal(err)
		}
		w := &web{finder: &finder{c: &call{ctx: context.Background()}, x: x, k: 4, dev: "cpu", threads: 1}}
		out := httptest.NewRecorder()
		w.ServeHTTP(out, httptest.NewRequest("GET", "http://127.0.0.1:8091/?id=3", nil))
		return out.Body.String()
	}
	if text := page(); strings.Count(text, `<img src="data:image/jpeg`) != 5 || strings.Contains(text, "not shown") {
		t.Errorf("pictures of the item and its neighbours: %d in %.3000s", strings.Count(text, "<img"), text)
	}
	if err := os.RemoveAll(photos); err != nil {
		t.Fatal(err)
	}
	if text := page(); strings.Contains(text, "<img") || !strings.Contains(text, "The images of items are not shown: ") || !strings.Contains(text, "--data says where") {
		t.Errorf("without the folder: %.2000s", text)
	}
}
