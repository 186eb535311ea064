package bclsearch

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

type program func(args []string, stdout, stderr io.Writer) int

func do(t *testing.T, code int, main program, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := main(args, &out, &errs); got != code {
		t.Fatalf("%v: exit code %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String(), errs.String()
}

// prepared returns a folder with a run r, features of its training and test images, train and
// test, and a PNG of the first training image, query.png.
func prepared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	do(t, 0, bcltrain.Main, "r", "--data", "embedded", "--save-dir", dir, "--model", "resnet10", "--width", "2", "--size", "16", "--epochs", "1", "--batch-size", "512", "--warmup", "0", "--threads", "1", "--report=false")
	for _, part := range []string{"train", "test"} {
		do(t, 0, bcleval.Main, "embed", at("r"), "--out", at(part), "--part", part, "--threads", "1")
	}
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := place.Train.Image(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("query.png"), encode(t, m), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSearch(t *testing.T) {
	dir := prepared(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	index := at("index")
	if out, _ := do(t, 0, Main, "build", index, at("train"), "--lists", "8", "--nprobe", "8", "--threads", "1"); !strings.Contains(out, "1485 items, width 16, 8 lists, of which 8 are searched") {
		t.Error(out)
	}
	// The image is in the index: its nearest neighbour is itself.
	out, _ := do(t, 0, Main, "query", index, at("query.png"), "-k", "3", "--json", "--threads", "1")
	var answers []Answer
	if err := json.Unmarshal([]byte(out), &answers); err != nil {
		t.Fatal(err)
	}
	if a := answers[0]; len(a.Hits) != 3 || a.Hits[0].ID != 0 || a.Hits[0].Similarity < 0.9999 || a.Hits[0].Name != "train/waves/0" || a.Hits[0].Class != "waves" || a.Match != nil {
		t.Errorf("%+v", a)
	}
	// Of an item, itself is left out, and the rest is the same.
	out, _ = do(t, 0, Main, "query", index, "--id", "0", "-k", "2", "--json")
	var items []Answer
	if err := json.Unmarshal([]byte(out), &items); err != nil || len(items[0].Hits) != 2 || items[0].Hits[0].ID != answers[0].Hits[1].ID {
		t.Errorf("%v: %s", err, out)
	}
	// Retrieval with all lists is that of a flat index.
	do(t, 0, Main, "build", at("flat"), at("train"), "--lists", "0")
	measure := func(of string, more ...string) string {
		out, _ := do(t, 0, Main, append([]string{"evaluate", of, at("test"), "--k", "1,5", "--threads", "1"}, more...)...)
		return out
	}
	if a, b := measure(index), measure(at("flat")); a != b || !strings.Contains(a, "mAP@k Few") {
		t.Errorf("%s\nflat:\n%s", a, b)
	}
	if out := measure(index, "--calibrate"); !strings.Contains(out, "a match: similarity from 0.") && !strings.Contains(out, "from 1.0") {
		t.Error(out)
	}
	if out, _ := do(t, 0, Main, "query", index, at("query.png")); !strings.Contains(out, "query.png: a match") || !strings.Contains(out, "  1.0000  0 ") {
		t.Error(out)
	}
	// Queries that are items would find themselves.
	if _, errs := do(t, 1, Main, "evaluate", index, at("train"), "--k", "1", "--calibrate"); !strings.Contains(errs, "1485 of the 1485 queries") {
		t.Error(errs)
	}
	page := at("page.html")
	do(t, 0, Main, "query", index, at("query.png"), "--html", page)
	text, err := os.ReadFile(page)
	if err != nil || strings.Count(string(text), `src="data:image/jpeg;base64,`) != 11 || !strings.Contains(string(text), "default-src 'none'") || strings.Contains(string(text), "://") {
		t.Errorf("%v: %.300s", err, text)
	}
	if _, errs := do(t, 1, Main, "query", index, at("query.png"), "--html", page); !strings.Contains(errs, "--force") {
		t.Error(errs)
	}
	if out, _ := do(t, 0, Main, "add", index, at("test")); !strings.Contains(out, "new ids are 1485 to ") {
		t.Error(out)
	}
	if _, errs := do(t, 1, Main, "add", index, at("test")); !strings.Contains(errs, "in the index already, by name and class: --again") {
		t.Error(errs)
	}
	if out, _ := do(t, 0, Main, "remove", index, "0", "5"); !strings.Contains(out, "items, width 16") {
		t.Error(out)
	}
	if out, _ := do(t, 0, Main, "query", index, at("query.png"), "-k", "1"); strings.Contains(out, "  0  waves") {
		t.Errorf("a removed item: %s", out)
	}
	if out, _ := do(t, 0, Main, "query", index, "--features", at("test"), "-k", "1"); !strings.Contains(out, "1.0000  1485  ") {
		t.Errorf("an added item: %.200s", out)
	}
}

// An index finds the weights and the images wherever it is called from, and after all was moved
// together, also under a relative path.
func TestMoved(t *testing.T) {
	dir := prepared(t)
	t.Chdir(dir)
	do(t, 0, Main, "build", "index", "train")
	moved := filepath.Join(t.TempDir(), "moved")
	ask := func(index, picture string) {
		t.Helper()
		if out, _ := do(t, 0, Main, "query", index, picture, "-k", "1", "--threads", "1"); !strings.Contains(out, "train/waves/0") {
			t.Error(out)
		}
	}
	ask("index", "query.png")
	t.Chdir(t.TempDir())
	ask(filepath.Join(dir, "index"), filepath.Join(dir, "query.png"))
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	ask(filepath.Join(moved, "index"), filepath.Join(moved, "query.png"))
	if err := os.Rename(filepath.Join(moved, "r"), filepath.Join(moved, "other")); err != nil {
		t.Fatal(err)
	}
	if _, errs := do(t, 1, Main, "query", filepath.Join(moved, "index"), filepath.Join(moved, "query.png")); !strings.Contains(errs, "--run says where") {
		t.Error(errs)
	}
	ask2 := []string{"query", filepath.Join(moved, "index"), filepath.Join(moved, "query.png"), "-k", "1", "--threads", "1", "--run", filepath.Join(moved, "other")}
	if out, _ := do(t, 0, Main, ask2...); !strings.Contains(out, "train/waves/0") {
		t.Error(out)
	}
}

func TestServe(t *testing.T) {
	dir := prepared(t)
	do(t, 0, Main, "build", filepath.Join(dir, "index"), filepath.Join(dir, "train"))
	x, err := search.Open(filepath.Join(dir, "index"))
	if err != nil {
		t.Fatal(err)
	}
	w := &web{finder: &finder{c: &call{ctx: context.Background()}, x: x, k: 4, dev: "cpu", threads: 1}}
	ask := func(method, host, path, origin string, body io.Reader, kind string) (int, string) {
		r := httptest.NewRequest(method, "http://"+host+path, body)
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", kind)
		out := httptest.NewRecorder()
		w.ServeHTTP(out, r)
		return out.Code, out.Body.String()
	}
	const here = "127.0.0.1:8091"
	if code, text := ask("GET", here, "/", "", nil, ""); code != 200 || !strings.Contains(text, `<form method="post"`) {
		t.Errorf("%d: %s", code, text)
	}
	if code, text := ask("GET", here, "/?id=3", "", nil, ""); code != 200 || strings.Count(text, "<li>") != 4 || !strings.Contains(text, `href="/?id=`) {
		t.Errorf("%d: %s", code, text)
	}
	form := func(data []byte) (io.Reader, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		part, _ := m.CreateFormFile("image", "<b>.png")
		part.Write(data)
		m.Close()
		return &b, m.FormDataContentType()
	}
	picture, err := os.ReadFile(filepath.Join(dir, "query.png"))
	if err != nil {
		t.Fatal(err)
	}
	body, kind := form(picture)
	if code, text := ask("POST", here, "/", "http://"+here, body, kind); code != 200 || !strings.Contains(text, "1.000 waves") || strings.Contains(text, "<b>.png") {
		t.Errorf("%d: %.2000s", code, text)
	}
	body, kind = form([]byte("no image"))
	if code, _ := ask("POST", here, "/", "http://"+here, body, kind); code != 400 {
		t.Errorf("no image: %d", code)
	}
	for _, c := range []struct {
		method, host, path, origin string
		code                       int
	}{
		{"GET", "evil.example", "/", "", 403}, {"POST", here, "/", "http://evil.example", 403}, {"GET", here, "/x", "", 404},
		{"GET", here, "/?id=9999", "", 400}, {"GET", here, "/?id=x", "", 400}, {"PUT", here, "/", "", 405}, {"GET", "localhost:1", "/", "", 200},
	} {
		if code, _ := ask(c.method, c.host, c.path, c.origin, nil, ""); code != c.code {
			t.Errorf("%+v: %d", c, code)
		}
	}
	if _, errs := do(t, 2, Main, "serve", filepath.Join(dir, "index"), "--address", "0.0.0.0:0"); !strings.Contains(errs, "--public allows it") {
		t.Error(errs)
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	for words, args := range map[string][]string{
		"1 arguments, expected INDEX FEATURES": {"build", dir},
		"--id or --features, one of them":      {"query", dir},
		`id "x", expected a whole number`:      {"remove", dir, "x"},
		"--groups is":                          {"evaluate", dir, dir, "--groups", "x"},
		"--precision does nothing":             {"evaluate", dir, dir, "--precision", "0.9"},
		"unknown command":                      {"find"},
	} {
		if _, errs := do(t, 2, Main, args...); !strings.Contains(errs, words) {
			t.Errorf("%v: %s", args, errs)
		}
	}
	if _, errs := do(t, 1, Main, "query", dir, "--id", "1"); !strings.Contains(errs, "is no index") {
		t.Error(errs)
	}
	// A device that is not there is an error, also where nothing would use it.
	for _, command := range []string{"query", "serve"} {
		args := []string{command, dir, "--device", "cuda:99"}
		if command == "query" {
			args = append(args, "--id", "1")
		}
		if _, errs := do(t, 1, Main, args...); !strings.Contains(errs, "cuda:99") {
			t.Error(errs)
		}
	}
	for name := range commands {
		if out, _ := do(t, 0, Main, name, "--help"); !strings.HasPrefix(out, "Usage: bcl-search "+name) {
			t.Error(out)
		}
	}
}
