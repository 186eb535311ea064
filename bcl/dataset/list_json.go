package dataset

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/bcl-go/bcl/bcl/quote"
)

// The format of iNaturalist, which is COCO's: images, categories, and annotations that
// link them, in any order. Other fields are skipped.
type (
	jsonImage struct {
		ID   jsonID  `json:"id"`
		File *string `json:"file_name"`
	}
	jsonCategory struct {
		ID   *int64   `json:"id"`
		Name jsonName `json:"name"`
	}
	jsonAnnotation struct {
		Image    jsonID `json:"image_id"`
		Category *int64 `json:"category_id"`
	}
)

// jsonID is the text of a number or a string; empty if missing.
type jsonID string

func (id *jsonID) UnmarshalJSON(text []byte) error {
	switch c := text[0]; {
	case c == '"' || c == '-' || c >= '0' && c <= '9':
		*id = jsonID(text)
	case string(text) != "null":
		return fmt.Errorf("id is %s, expected a number or a string", quote.Name(short(string(text))))
	}
	return nil
}

// jsonName is a string, or a number: iNaturalist 2018 hid its names at first.
type jsonName string

func (n *jsonName) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, (*string)(n))
	}
	var id jsonID
	err := id.UnmarshalJSON(text)
	*n = jsonName(id)
	return err
}

// jsonList is a list while it is read. Annotations are applied after the images.
type jsonList struct {
	folder      *folder
	images      map[jsonID]int
	categories  map[int64]string
	ids         []int64 // of the categories
	annotations []jsonAnnotation
}

// readJSON reads a list record by record: memory holds paths and labels, not the
// text. An image without an annotation gets label -1; without any annotation, as in
// published test lists, the set is unlabelled.
func readJSON(r io.Reader, list string) (*folder, error) {
	l := &jsonList{
		folder:     &folder{origin: &origin{list: list, form: "images[%d]"}},
		images:     make(map[jsonID]int),
		categories: make(map[int64]string),
	}
	err := readObject(skipByteOrderMark(r), list, map[string]recordReader{
		"images":      records(l.image),
		"categories":  records(l.category),
		"annotations": records(l.annotation),
	})
	if err != nil {
		return nil, err
	}
	if err := l.folder.once(); err != nil {
		return nil, err
	}
	return l.folder, l.label()
}

func (l *jsonList) image(i int, v *jsonImage) error {
	switch {
	case v.ID == "":
		return fmt.Errorf("no id")
	case v.File == nil:
		return fmt.Errorf("no file_name")
	}
	if first, again := l.images[v.ID]; again {
		return fmt.Errorf("id %s is already that of images[%d]", quote.Name(short(string(v.ID))), first)
	}
	l.images[v.ID] = i
	return l.folder.add(*v.File, i)
}

func (l *jsonList) category(i int, v *jsonCategory) error {
	switch {
	case v.ID == nil:
		return fmt.Errorf("no id")
	case v.Name == "":
		return fmt.Errorf("no name")
	case len(l.ids) == maxListClass:
		return fmt.Errorf("more than %s categories", thousands(maxListClass))
	}
	if _, again := l.categories[*v.ID]; again {
		return fmt.Errorf("id %d is already that of categories[%d]", *v.ID, slices.Index(l.ids, *v.ID))
	}
	l.ids = append(l.ids, *v.ID)
	l.categories[*v.ID] = string(v.Name)
	return nil
}

func (l *jsonList) annotation(i int, v *jsonAnnotation) error {
	switch {
	case v.Image == "":
		return fmt.Errorf("no image_id")
	case v.Category == nil:
		return fmt.Errorf("no category_id")
	}
	l.annotations = append(l.annotations, *v)
	return nil
}

// label gives the images the classes of their annotations: the categories in the
// order of their ids, which may be sparse and start anywhere.
func (l *jsonList) label() error {
	f := l.folder
	if len(l.annotations) == 0 {
		return nil
	}
	class := make(map[int64]int, len(l.ids))
	used := make(map[string]bool, len(l.ids))
	for c, id := range slices.Sorted(maps.Keys(l.categories)) {
		name := l.categories[id]
		for used[name] { // two species may have the same name, two classes may not
			name = fmt.Sprintf("%s (id %d)", name, id)
		}
		used[name], class[id] = true, c
		f.classes = append(f.classes, name)
	}
	f.labels = slices.Repeat([]int{-1}, f.files.len())
	by := make([]int, f.files.len()) // number of the annotation, from 1
	for n, a := range l.annotations {
		fail := func(format string, args ...any) error {
			return &ListError{f.origin.list, fmt.Sprintf("annotations[%d]", n), fmt.Sprintf(format, args...)}
		}
		i, ok := l.images[a.Image]
		if !ok {
			return fail("image_id %s is not the id of an image", quote.Name(short(string(a.Image))))
		}
		c, ok := class[*a.Category]
		if !ok {
			return fail("category_id %d is not the id of a category", *a.Category)
		}
		if by[i] > 0 {
			return fail("a second annotation of images[%d] (%s), after annotations[%d]: an image has one class",
				f.origin.at[i], quote.Name(f.files.at(i)), by[i]-1)
		}
		f.labels[i], by[i] = c, n+1
	}
	return nil
}
