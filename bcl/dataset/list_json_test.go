package dataset

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// species is a list as iNaturalist publishes it: sparse ids, fields in any order.
const species = `{
 "info": {"year": 2018, "nested": [[{"deep": [1, 2]}]]},
 "annotations": [{"id": 1, "image_id": 8, "category_id": 40}, {"id": 2, "image_id": 7, "category_id": 3},
   {"id": 3, "image_id": "x-9", "category_id": 40}],
 "categories": [{"id": 40, "name": "Puma concolor", "supercategory": "Mammalia"}, {"id": 3, "name": 17}],
 "licenses": [{"id": 1, "url": "there"}],
 "images": [{"id": 7, "file_name": "a/7.jpg", "width": 800}, {"id": 8, "file_name": "b/8.jpg"},
   {"id": "x-9", "file_name": "b/9.jpg"}, {"id": 10, "file_name": "c/10.jpg"}]
}`

func TestJSONList(t *testing.T) {
	dir := t.TempDir()
	// Without the ending .json it is recognised by its first character.
	write(t, dir, map[string][]byte{"list": []byte("\ufeff " + species)})
	ds, err := OpenList(dir, filepath.Join(dir, "list"), 0, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := labels(ds); !slices.Equal(got, []int{0, 1, 1, -1}) {
		t.Errorf("labels %v", got)
	}
	if got := ds.Classes(); !slices.Equal(got, []string{"17", "Puma concolor"}) {
		t.Errorf("classes %v", got)
	}
	if got := names(ds); !slices.Equal(got, []string{"a/7.jpg", "b/8.jpg", "b/9.jpg", "c/10.jpg"}) {
		t.Errorf("names %v", got)
	}
	_, err = ds.Image(1)
	if want := "list: images[1]: open " + filepath.Join(dir, "b/8.jpg"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a missing image: error %v, want %q", err, want)
	}
	if _, err := OpenList(dir, filepath.Join(dir, "list"), 3, Options{}); err == nil || !strings.Contains(err.Error(), "2 categories, expected 3") {
		t.Errorf("another number of classes: error %v", err)
	}
	write(t, dir, map[string][]byte{"test.json": []byte(`{"images": [{"id": 1, "file_name": "a"}], "categories": [{"id": 1, "name": "x"}]}`)})
	if ds, err := OpenList(dir, filepath.Join(dir, "test.json"), 0, Options{}); err != nil || ds.Label(0) != -1 || ds.Classes() != nil {
		t.Errorf("without annotations: %v, error %v", ds, err)
	}
}

func TestJSONListErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"images": [`, `"images": [{"id": 1}, `,
			`images[0]: no file_name`},
		{`{"id": 7, "file`, `{"file`,
			`images[0]: no id`},
		{`"id": 8, "file`, `"id": 7, "file`,
			`images[1]: id 7 is already that of images[0]`},
		{`"id": 8, "file`, `"id": [8], "file`,
			`images[1]: id is [8], expected a number or a string`},
		{`a/7.jpg`, `../7.jpg`,
			`images[0]: "../7.jpg" is not a path below`},
		{`a/7.jpg`, `/a/7.jpg`,
			`images[0]: "/a/7.jpg" is not a path below`},
		{`b/9.jpg`, `b/./8.jpg`,
			`images[2]: b/8.jpg is listed already at images[1]`},
		{`"a/7.jpg"`, `7`,
			`images[0]: json: cannot unmarshal number`},
		{`"id": 3, "name": 17`, `"id": 3`,
			`categories[1]: no name`},
		{`"id": 3, "name"`, `"name"`,
			`categories[1]: no id`},
		{`"id": 3, "name"`, `"id": 40, "name"`,
			`categories[1]: id 40 is already that of categories[0]`},
		{`"image_id": 8, `, ``,
			`annotations[0]: no image_id`},
		{`, "category_id": 3}`, `}`,
			`annotations[1]: no category_id`},
		{`"image_id": 8,`, `"image_id": 88,`,
			`annotations[0]: image_id 88 is not the id of an image`},
		{`"category_id": 3}`, `"category_id": 5}`,
			`annotations[1]: category_id 5 is not the id of a category`},
		{`"image_id": "x-9"`, `"image_id": 7`,
			`annotations[2]: a second annotation of images[0] (a/7.jpg), after annotations[1]`},
		{`"licenses"`, `"images"`,
			`images[0]: no file_name`},
		{`"info": {`, `"images": {`,
			`images: {, expected [`},
		{`"url": "there"}],`, `"url": "there"}`,
			`invalid character`},
		{"\n}", "\n",
			"unexpected EOF"},
		{"\n}", "\n} 1",
			"unexpected data after the object"},
		{species, `{"images": []}`,
			"lists no images"},
		{species, `{"a": ` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}",
			"nested deeper than 1000"},
		{species, `[]`,
			"byte 1: [, expected {"},
	} {
		text := strings.Replace(species, c.old, c.new, 1)
		if text == species {
			t.Fatalf("%q is not in the list", c.old)
		}
		_, err := readJSON(strings.NewReader(text), "list.json")
		if err == nil || !strings.HasPrefix(err.Error(), "list.json: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: error %v, want %q", c.new, c.old, err, c.want)
		}
	}
}

func FuzzJSONList(f *testing.F) {
	f.Add([]byte(species))
	f.Add([]byte(`{"images":[{"id":1,"file_name":"a"}],"categories":[{"id":-1,"name":"x"},{"id":2,"name":"x"}],"annotations":[{"image_id":1,"category_id":2}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := readJSON(bytes.NewReader(data), "fuzz")
		if err == nil {
			checkList(t, l)
		}
	})
}
