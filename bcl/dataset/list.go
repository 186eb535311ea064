package dataset

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxListClass bounds the labels of a list file: a typing error must not make a
// million classes.
const maxListClass = 1 << 20

// OpenList reads a text file with a line "relative/path label" for each image,
// the form of ImageNet-LT and Places-LT. Paths are below root; the label is the
// last word of the line, from 0. The classes are named by their numbers, up to
// classes, or up to the largest label if classes is 0.
//
// The images are not looked at; [Verify] does that.
func OpenList(root, list string, classes int, opt Options) (Dataset, error) {
	file, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f := &folder{root: root}
	limit, largest := classes, -1
	if classes == 0 {
		limit = maxListClass
	}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		at := strings.LastIndexAny(line, " \t")
		if at < 0 {
			return nil, fmt.Errorf("%s: line %d: %q, expected a path and a label", list, n, line)
		}
		path, word := strings.TrimSpace(line[:at]), line[at+1:]
		label, err := strconv.Atoi(word)
		if err != nil || label < 0 || label >= limit {
			return nil, fmt.Errorf("%s: line %d: label %q, expected a number from 0 to %d", list, n, word, limit-1)
		}
		if !filepath.IsLocal(filepath.FromSlash(path)) {
			return nil, fmt.Errorf("%s: line %d: %q is not a path below the folder of the images", list, n, path)
		}
		f.files = append(f.files, path)
		f.labels = append(f.labels, label)
		largest = max(largest, label)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	if len(f.files) == 0 {
		return nil, fmt.Errorf("%s: lists no images", list)
	}
	if classes == 0 {
		classes = largest + 1
	}
	for c := range classes {
		f.classes = append(f.classes, strconv.Itoa(c))
	}
	f.cache = newCache(len(f.files), opt.cacheBytes())
	return f, nil
}
