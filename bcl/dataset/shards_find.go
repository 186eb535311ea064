package dataset

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/bcl-go/bcl/bcl/dataset/shard"
	"github.com/bcl-go/bcl/bcl/quote"
)

// shardPlace is a place of large files, and which of them are its parts.
type shardPlace struct {
	kind        shard.Kind
	place, root string
	train, test []string // relative to root, with slashes
	notes       []string
}

// packedTypes are extensions of tar archives that are compressed, which the index refuses with
// what to do.
var packedTypes = []string{".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2"}

// shardKind returns the kind of a file by its name.
func shardKind(name string) (k shard.Kind, ok bool) {
	name = strings.ToLower(name)
	if path.Ext(name) == ".parquet" {
		return shard.Parquet, true
	}
	return shard.Tar, path.Ext(name) == ".tar" || slices.ContainsFunc(packedTypes, func(t string) bool { return strings.HasSuffix(name, t) })
}

// findShards returns the large files that place names: one of them, several by braces
// ("train-{000..099}.tar"), or a folder with nothing else; nil if it names none.
func findShards(place string) (*shardPlace, error) {
	info, err := os.Stat(place)
	switch {
	case err != nil && strings.ContainsRune(place, '{'):
		paths, err := braces(place)
		if err != nil {
			return nil, err
		}
		for i, p := range paths {
			paths[i] = filepath.ToSlash(p)
		}
		root := ""
		for _, p := range paths {
			root = common(root, path.Dir(p), p == paths[0])
		}
		for i, p := range paths {
			paths[i] = strings.TrimPrefix(strings.TrimPrefix(p, root), "/")
		}
		return newShardPlace(place, filepath.FromSlash(root), paths)
	case err != nil:
		return nil, nil // which is said elsewhere
	case !info.IsDir():
		if _, ok := shardKind(place); !ok {
			return nil, nil
		}
		return newShardPlace(place, filepath.Dir(place), []string{filepath.Base(place)})
	}
	return shardFolder(place)
}

// common is the folder above two: of a and b, or b itself if it is the first.
func common(a, b string, first bool) string {
	if first {
		return b
	}
	for a != b {
		if len(a) < len(b) {
			a, b = b, a
		}
		up := path.Dir(a)
		if up == a {
			return up
		}
		a = up
	}
	return a
}

// shardFolder finds shards in a folder, with sub-folders of its parts, or in its only
// sub-folder, as in repositories of Hugging Face. A folder with images, or with other
// sub-folders, is one of images, whatever archives lie there too.
func shardFolder(place string) (*shardPlace, error) {
	top, err := listDir(place)
	if err != nil || len(top.images) > 0 {
		return nil, nil
	}
	files := func(dir string) (list []string) {
		l, err := listDir(filepath.Join(place, dir))
		if err != nil || len(l.images) > 0 || len(l.dirs) > 0 {
			return nil
		}
		for _, name := range l.others {
			if _, ok := shardKind(name); ok {
				list = append(list, path.Join(dir, name))
			}
		}
		return list
	}
	if len(top.dirs) == 0 {
		if list := files(""); list != nil {
			return newShardPlace(place, place, list)
		}
		return nil, nil
	}
	if len(top.dirs) == 1 {
		if list := files(top.dirs[0]); list != nil {
			return newShardPlace(place, place, list)
		}
		return nil, nil
	}
	if train := choosePart(top.dirs, trainNames); train != "" && files(train) != nil {
		list := files(train)
		for _, dir := range top.dirs {
			if dir != train {
				list = append(list, files(dir)...)
			}
		}
		return newShardPlace(place, place, list)
	}
	return nil, nil
}

// newShardPlace sorts files into parts by the words of their names: "train-00000-of-00005",
// "imagenet-val-000", "train/000". Without one for training all are.
func newShardPlace(place, root string, files []string) (*shardPlace, error) {
	p := &shardPlace{place: place, root: root}
	by := map[string][]string{} // by the word that says the part
	for i, name := range files {
		kind, ok := shardKind(name)
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: expected a .tar or .parquet file", quote.Name(name))
		case i == 0:
			p.kind = kind
		case p.kind.Name != kind.Name:
			return nil, fmt.Errorf("%s: holds %s and %s files: give those of one kind, in a folder of their own", quote.Name(place), p.kind.Name, kind.Name)
		}
		word := partWord(name)
		by[word] = append(by[word], name)
	}
	words := func(names []string) (there []string) {
		for _, name := range names {
			if by[name] != nil {
				there = append(there, name)
			}
		}
		return there
	}
	train, test := words(trainNames), words(testNames)
	if len(train) == 0 {
		p.train = files
		return p, nil
	}
	p.train = by[train[0]]
	note := fmt.Sprintf("%s: %d files (%s) are for training", quote.Name(place), len(p.train), train[0])
	left := len(files) - len(p.train)
	if len(test) > 0 {
		p.test = by[test[0]]
		left -= len(p.test)
		note += fmt.Sprintf(", %d (%s) for testing", len(p.test), test[0])
	}
	if left > 0 {
		note += fmt.Sprintf(", %d are left out", left)
	}
	if len(p.train) < len(files) {
		p.notes = []string{note}
	}
	return p, nil
}

// partWord is the first word of a path that names a part; "" if none does.
func partWord(name string) string {
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if slices.Contains(trainNames, word) || slices.Contains(testNames, word) {
			return word
		}
	}
	return ""
}

// maxBraces is how many files braces may name.
const maxBraces = 1 << 20

// braces returns what a shell makes of braces: {000..099} counts, with as many digits as the
// longer end has if one begins with 0, and {a,b} lists.
func braces(text string) (list []string, err error) {
	open := strings.IndexByte(text, '{')
	if open < 0 {
		return []string{text}, nil
	}
	size := strings.IndexByte(text[open:], '}')
	if size < 0 {
		return nil, fmt.Errorf("%s: { without }: expected a range, as in {000..099}", quote.Name(text))
	}
	inner := text[open+1 : open+size]
	rest, err := braces(text[open+size+1:])
	if err != nil {
		return nil, err
	}
	var choices []string
	from, to, counts := strings.Cut(inner, "..")
	if counts {
		first, err1 := strconv.ParseUint(from, 10, 31)
		last, err2 := strconv.ParseUint(to, 10, 31)
		if err1 != nil || err2 != nil || first > last || last-first >= maxBraces {
			return nil, fmt.Errorf("%s: {%s}, expected a rising range of numbers, as in {000..099}", quote.Name(text), quote.Name(inner))
		}
		width := 0
		if strings.HasPrefix(from, "0") || strings.HasPrefix(to, "0") {
			width = max(len(from), len(to))
		}
		for n := first; n <= last; n++ {
			choices = append(choices, fmt.Sprintf("%0*d", width, n))
		}
	} else if choices = strings.Split(inner, ","); len(choices) < 2 {
		return nil, fmt.Errorf("%s: {%s}, expected a range, as in {000..099}, or a list, as in {a,b}", quote.Name(text), quote.Name(inner))
	}
	if len(choices)*len(rest) > maxBraces {
		return nil, fmt.Errorf("%s: more than %d files", quote.Name(text), maxBraces)
	}
	for _, c := range choices {
		for _, r := range rest {
			list = append(list, text[:open]+c+r)
		}
	}
	return list, nil
}
