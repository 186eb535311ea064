package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// maxListClass is the limit for labels of a list file: a typo must not make a million
// classes.
const maxListClass = 1 << 20

// ListError reports a list of image files that cannot be used as it is.
type ListError struct {
	List    string // the file
	At      string // "line 7" or "images[7]"; empty: the list as a whole
	Problem string
}

func (e *ListError) Error() string {
	if e.At == "" {
		return quote.Name(e.List) + ": " + e.Problem
	}
	return quote.Name(e.List) + ": " + e.At + ": " + e.Problem
}

// OpenList reads a list of image files: a text file with a line "relative/path label" for
// each (ImageNet-LT, Places-LT), or JSON in the format of iNaturalist and COCO. Paths are
// below root. The classes of a text list are named by their numbers, up to classes, or up
// to the largest label if classes is 0; those of JSON are its categories, as many as
// classes unless that is 0.
//
// The images are not opened: [CheckFiles] checks that they exist, and [Verify] that they
// can be read.
func OpenList(root, list string, classes int, opt Options) (Dataset, error) {
	f, err := readList(root, list, opt)
	if err != nil {
		return nil, err
	}
	switch {
	case f.classes == nil && f.labels != nil:
		if classes == 0 {
			classes = slices.Max(f.labels) + 1
		}
		return f, f.setClasses(numbers(classes))
	case classes != 0 && f.classes != nil && classes != len(f.classes):
		return nil, &ListError{List: list, Problem: fmt.Sprintf("%d categories, expected %d", len(f.classes), classes)}
	}
	return f, nil
}

// listForm is what a list file is.
type listForm string

const (
	indexForm listForm = ".npy" // indices into a set
	textForm  listForm = "text" // image files
	jsonForm  listForm = "JSON" // image files
)

// IsIndexList reports whether a list selects samples by index; other lists define
// samples. It is an error if the file cannot be read.
func IsIndexList(list string) (bool, error) {
	form, err := formOf(list)
	return form == indexForm, err
}

// formOf detects the form of a list by its name or first bytes.
func formOf(list string) (listForm, error) {
	file, err := os.Open(list)
	if err != nil {
		return "", fmt.Errorf("list: %w", err)
	}
	defer file.Close()
	switch strings.ToLower(filepath.Ext(list)) {
	case ".npy":
		return indexForm, nil
	case ".json":
		return jsonForm, nil
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("list: %w", err) // such as a folder
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], byteOrderMark), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("\x93NUMPY")):
		return indexForm, nil
	case bytes.HasPrefix(head, []byte("{")):
		return jsonForm, nil
	}
	return textForm, nil
}

var byteOrderMark = []byte("\ufeff")

// skipByteOrderMark returns r without the mark that Windows editors add.
func skipByteOrderMark(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, maxListLine)
	if head, _ := b.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		b.Discard(len(byteOrderMark))
	}
	return b
}

// readList reads a text or JSON list. It does not set the classes of a text list.
func readList(root, list string, opt Options) (*folder, error) {
	form, err := formOf(list)
	if err != nil {
		return nil, err
	}
	read := readText
	switch form {
	case jsonForm:
		read = readJSON
	case indexForm:
		return nil, &ListError{List: list, Problem: "an index list, expected a list of image files (text or JSON)"}
	}
	file, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := read(file, list)
	if err != nil {
		return nil, err
	}
	f.root, f.opt, f.images = root, opt, newImages(f.files.len(), opt)
	return f, nil
}

// origin is the position in a list of each sample of a set.
type origin struct {
	list string
	form string // of a position: "line %d" or "images[%d]"
	at   []int
}

func (o *origin) where(i int) string { return fmt.Sprintf(o.form, o.at[i]) }

// errorf is an error at a position of the list.
func (o *origin) errorf(at int, format string, args ...any) error {
	return &ListError{List: o.list, At: fmt.Sprintf(o.form, at), Problem: fmt.Sprintf(format, args...)}
}

// add appends a file at position at of the list.
func (f *folder) add(name string, at int) error {
	f.origin.at = append(f.origin.at, at)
	f.files.add(path.Clean(name))
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsRune(name, 0) {
		return f.origin.errorf(at, "%q is not a path below the folder of the images", name)
	}
	return nil
}

// once returns an error if no files are listed, or if one is listed twice.
func (f *folder) once() error {
	if f.files.len() == 0 {
		return &ListError{List: f.origin.list, Problem: "lists no images"}
	}
	if first, i, again := f.files.again(); again {
		return f.origin.errorf(f.origin.at[i], "%s is listed already at %s", quote.Name(f.files.at(i)), f.origin.where(first))
	}
	return nil
}

// setClasses names the classes of a text list, whose labels must be below their number.
func (f *folder) setClasses(classes []string) error {
	for i, label := range f.labels {
		if label >= len(classes) {
			return f.origin.errorf(f.origin.at[i], "label %d is not below %d, the number of classes", label, len(classes))
		}
	}
	f.classes = classes
	return nil
}

// everyClass returns an error that names the classes without images. A list that defines
// what is trained or fitted on must not have any; an index list may. If the number of
// classes comes from the label of another list, largest, it is named too.
func (f *folder) everyClass(largest *folder) error {
	counts, _ := Counts(f)
	var empty []string
	for c, n := range counts {
		if n == 0 {
			empty = append(empty, strconv.Quote(f.classes[c]))
		}
	}
	var problem string
	switch n := len(empty); n {
	case 0:
		return nil
	case 1:
		problem = fmt.Sprintf("class %s (of %d) has no images", empty[0], len(counts))
	default:
		problem = fmt.Sprintf("%d of %d classes have no images: %s", n, len(counts), atMost(5, empty))
	}
	if n := len(empty); n == 1 && len(counts) > 1 && empty[0] == `"0"` {
		problem += "; labels start at 0"
	}
	if largest != nil && slices.Max(f.labels) < len(counts)-1 {
		at := slices.Index(largest.labels, len(counts)-1)
		problem += fmt.Sprintf(" (%s: %s: label %d)", quote.Name(largest.origin.list), largest.origin.where(at), len(counts)-1)
	}
	return &ListError{List: f.origin.list, Problem: problem}
}

// numbers returns "0", "1", ... as the names of n classes.
func numbers(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
