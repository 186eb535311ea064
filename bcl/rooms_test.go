package bcl

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// withC names the packages, other than commands, that may depend on cgo: all others build
// without C, for every platform of Go. Removing a package from this list is easier than
// adding one.
var withC = strings.Fields(`cgo cgo/cuda/kernels cgo/jpeg cgo/spin cgo/workdir
	torch torch/cuda torch/distributed torch/nn torch/optim torch/serialize/bridge torch/torchtest
	bcl/checkpoint bcl/eval bcl/harmony bcl/loss bcl/model bcl/pretrained bcl/search bcl/session bcl/state bcl/train
	cmd/internal/bclckpt cmd/internal/bcleval cmd/internal/bclsearch cmd/internal/bclreport cmd/internal/bcltrain cmd/internal/device`)

const (
	module   = "github.com/bcl-go/bcl/"
	maxLines = 500 // of a file, tests aside
)

// room is a package and the imports of its files, on any platform.
type room struct {
	main    bool
	doc     bool
	imports []string // those of this module without its path
}

// The project's rules that a compiler does not check (CONTRIBUTING.md).
func TestRooms(t *testing.T) {
	rooms := readRooms(t)
	var needsC func(path string) bool
	needsC = func(path string) bool {
		r := rooms[path]
		return r != nil && (slices.Contains(r.imports, "C") || slices.ContainsFunc(r.imports, needsC))
	}
	for path, r := range rooms {
		if !r.doc {
			t.Errorf("%s has no package doc", path)
		}
		if needsC(path) && !r.main && !slices.Contains(withC, path) {
			t.Errorf("%s depends on cgo, but is not among the packages that may", path)
		}
		for _, to := range r.imports {
			top, _, _ := strings.Cut(path, "/")
			target, _, _ := strings.Cut(to, "/")
			if to == "C" && top != "cgo" ||
				target == "cmd" && top != "cmd" || // libraries know no commands,
				target == "bcl" && top != "cmd" && top != "bcl" || // torch knows no method,
				(to == "flag" || strings.HasSuffix(to, "/pflag")) && top != "cmd" && !r.main && !slices.Contains(r.imports, "testing") { // and only commands and tests have flags
				t.Errorf("%s imports %s", path, to)
			}
		}
	}
	for _, path := range withC {
		if !needsC(path) {
			t.Errorf("%s is listed as depending on cgo, but does not", path)
		}
	}
}

// readRooms reads the packages of the module by their paths, and checks the size of files.
func readRooms(t *testing.T) map[string]*room {
	t.Helper()
	rooms := map[string]*room{}
	root := os.DirFS("..")
	read := func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		if n := bytes.Count(text, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, expected %d at most", path, n, maxLines)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(text, []byte("//go:build cgo")) {
			return nil // builds without C have another file instead, such as bcl/rgb's for JPEG
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if rooms[dir] == nil {
			rooms[dir] = &room{}
		}
		rooms[dir].add(f)
		return nil
	}
	for _, top := range []string{"bcl", "cgo", "cmd", "torch", "third_party/fetch"} {
		if err := fs.WalkDir(root, top, read); err != nil {
			t.Fatal(err)
		}
	}
	return rooms
}

func (r *room) add(f *ast.File) {
	r.main = f.Name.Name == "main"
	r.doc = r.doc || f.Doc.Text() != ""
	for _, i := range f.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err == nil {
			r.imports = append(r.imports, strings.TrimPrefix(path, module))
		}
	}
}
