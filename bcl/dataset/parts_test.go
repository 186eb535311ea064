package dataset

import (
	"context"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lists makes a data set with train/ and test/ of two classes, and list files.
func lists(t *testing.T, files map[string]string) (dir string, in func(string) string) {
	t.Helper()
	dir = t.TempDir()
	px := pngOf(t, 2, 2, color.White)
	all := map[string][]byte{"train/a/1.png": px, "train/a/2.png": px, "train/b/3.png": px, "test/a/4.png": px, "test/b/5.png": px}
	for name, text := range files {
		all[name] = []byte(text)
	}
	write(t, dir, all)
	return dir, func(name string) string {
		if name == "" {
			return ""
		}
		return filepath.Join(dir, name)
	}
}

const twoClasses = `{"images": [{"id": 1, "file_name": "test/a/4.png"}, {"id": 2, "file_name": "test/b/5.png"}, {"id": 3, "file_name": "test/b/6.png"}],
 "annotations": [{"image_id": 1, "category_id": 10}, {"image_id": 2, "category_id": 20}],
 "categories": [{"id": 10, "name": "a"}, {"id": 20, "name": "b"}]}`

func TestOpenWithLists(t *testing.T) {
	dir, in := lists(t, map[string]string{
		"two.txt":   "train/b/3.png 1\ntrain/a/1.png 0\n",
		"back.txt":  "train/b/3.png 0\ntrain/a/1.png 1\n",
		"three.txt": "train/b/3.png 1\ntrain/a/1.png 0\ntrain/a/2.png 2",
		"two.json":  twoClasses,
		"gap.json":  strings.Replace(twoClasses, `"image_id": 2`, `"image_id": 3`, 1), // 5.png has no label
	})
	for name, indices := range map[string][]int{"first.npy": {1, 0}, "last.npy": {1}, "ends.npy": {2, 1}} {
		if err := WriteIndexList(in(name), indices); err != nil {
			t.Fatal(err)
		}
	}
	numbered, named := []string{"0", "1"}, []string{"a", "b"}
	for _, c := range []struct {
		name                    string
		lists                   [3]string
		train, probe, test, all []string // all: the classes
	}{
		{"none", [3]string{}, []string{"1", "2", "3"}, []string{"1", "2", "3"}, []string{"4", "5"}, named},
		{"train", [3]string{"two.txt"}, []string{"3", "1"}, []string{"3", "1"}, []string{"4", "5"}, numbered},
		{"other labels than test/", [3]string{"back.txt"}, []string{"3", "1"}, []string{"3", "1"}, nil, numbered},
		{"more classes than test/", [3]string{"three.txt"}, []string{"3", "1", "2"}, []string{"3", "1", "2"}, nil, []string{"0", "1", "2"}},
		{"all", [3]string{"two.txt", "back.txt", "two.json"}, []string{"3", "1"}, []string{"3", "1"}, []string{"4", "5"}, named},
		{"test alone", [3]string{"", "", "two.txt"}, []string{"1", "2", "3"}, []string{"1", "2", "3"}, []string{"3", "1"}, named},
		{"probe alone", [3]string{"", "two.txt"}, []string{"1", "2", "3"}, []string{"3", "1"}, []string{"4", "5"}, named},
		{"unlabelled image", [3]string{"two.json"}, []string{"4", "5", "6"}, []string{"4", "5"}, []string{"4", "5"}, named},
		{"indices into parts with an unlabelled image", [3]string{"gap.json", "ends.npy", ""}, []string{"4", "5", "6"}, []string{"6"}, []string{"4", "5"}, named},
		{"indices", [3]string{"first.npy", "last.npy", "last.npy"}, []string{"2", "1"}, []string{"2"}, []string{"5"}, named},
		{"indices into a list", [3]string{"two.txt", "last.npy", "first.npy"}, []string{"3", "1"}, []string{"1"}, []string{"5", "4"}, numbered},
	} {
		p, err := Open(dir, Options{Train: in(c.lists[0]), Probe: in(c.lists[1]), Test: in(c.lists[2])})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for part, want := range map[Dataset][]string{p.Train: c.train, p.Probe: c.probe, p.Test: c.test} {
			if part == nil {
				if want != nil {
					t.Errorf("%s: no part, want %v", c.name, want)
				}
				continue
			}
			var got []string
			for _, n := range names(part) {
				got = append(got, strings.TrimSuffix(filepath.Base(n), ".png"))
			}
			if !slices.Equal(got, want) || !slices.Equal(part.Classes(), c.all) {
				t.Errorf("%s: images %v of %v, want %v of %v", c.name, got, part.Classes(), want, c.all)
			}
		}
	}
}

func TestOpenWithListsErrors(t *testing.T) {
	dir, in := lists(t, map[string]string{
		"two.txt":    "train/a/1.png 0\ntrain/b/3.png 1\n",
		"gap.txt":    "train/a/1.png 0\ntrain/b/3.png 2\n",
		"ones.txt":   "train/a/1.png 1\ntrain/b/3.png 2\n",
		"five.txt":   "train/a/1.png 5\n",
		"binary.txt": "\x7fELF\x00\x01",
		"two.json":   twoClasses,
		"ids.json":   strings.ReplaceAll(twoClasses, `"id": 10`, `"id": 30`),
		"back.json":  strings.NewReplacer(`10`, `20`, `20`, `10`).Replace(twoClasses),
		"dog.json":   strings.ReplaceAll(twoClasses, `"name": "b"`, `"name": "dog"`),
		"cats.json":  strings.ReplaceAll(twoClasses, `"categories": [`, `"categories": [{"id": 1, "name": "cat"}, `),
	})
	if err := WriteIndexList(in("far.npy"), []int{3}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lists [3]string
		want  string
	}{
		{[3]string{"gap.txt"}, `gap.txt: class "1" (of 3) has no images`},
		{[3]string{"", "gap.txt", "five.txt"}, "gap.txt: line 2: label 2 is not below 2"},
		{[3]string{"ones.txt"}, `ones.txt: class "0" (of 3) has no images; labels start at 0`},
		{[3]string{"five.txt"}, `five.txt: 5 of 6 classes have no images: "0", "1", "2", "3", "4"`},
		{[3]string{"two.txt", "five.txt"}, `two.txt: 4 of 6 classes have no images: "2", "3", "4", "5" (` + in("five.txt") + `: line 1: label 5)`},
		{[3]string{"cats.json"}, `cats.json: class "cat" (of 3) has no images`},
		{[3]string{"", "", "five.txt"}, "five.txt: line 1: label 5 is not below 2, the number of classes"},
		{[3]string{"", "", "dog.json"}, "the classes differ: only train has b; only " + in("dog.json") + " has dog"},
		{[3]string{"two.json", "", "back.json"}, "have another order"},
		{[3]string{"", "", "ids.json"}, "annotations[0]: category_id 10 is not the id of a category"},
		{[3]string{"binary.txt"}, "binary.txt: line 1: no text"},
		{[3]string{"far.npy"}, "far.npy: entry 0: index 3 is beyond the set of 3 samples"},
		{[3]string{"", "", "far.npy"}, "far.npy: entry 0: index 3 is beyond the set of 2 samples"},
		{[3]string{"none.txt"}, "none.txt: no such file"},
	} {
		_, err := Open(dir, Options{Train: in(c.lists[0]), Probe: in(c.lists[1]), Test: in(c.lists[2])})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.lists, err, c.want)
		}
	}
	var list *ListError
	if _, err := Open(Embedded, Options{Test: in("five.txt")}); !errors.As(err, &list) || !strings.Contains(err.Error(), "give an index list") {
		t.Errorf("files of the embedded set: error %v", err)
	}
	flat := t.TempDir()
	write(t, flat, map[string][]byte{"a.png": pngOf(t, 1, 1, color.White)})
	if _, err := Open(flat, Options{Test: in("far.npy")}); err == nil || !strings.Contains(err.Error(), "has no test images to select from") {
		t.Errorf("no test part: error %v", err)
	}
}

// TestPartNames: usual names are known in any case, and what was taken for what is said.
func TestPartNames(t *testing.T) {
	px := pngOf(t, 2, 2, color.White)
	for _, c := range []struct{ files, train, test, note string }{
		{"Train/a/1 Test/a/2", "Train/a/1", "Test/a/2", "Train/ is for training, Test/ for testing"},
		{"training/a/1 testing/a/2", "training/a/1", "testing/a/2", "training/ is for training, testing/ for testing"},
		{"train/a/1 valid/a/2", "train/a/1", "valid/a/2", "valid/ for testing"},
		{"train/a/1 Validation/a/2", "train/a/1", "Validation/a/2", "Validation/ for testing"},
		{"train/a/1 eval/a/2", "train/a/1", "eval/a/2", "eval/ for testing"},
		{"TRAIN/a/1 dev/a/2", "TRAIN/a/1", "dev/a/2", "dev/ for testing"},
		{"train/a/1 Train/b/1 test/a/2 val/a/3 more/4 5", "train/a/1", "test/a/2", "test/ for testing, left out: Train/, more/, val/, 1 .png"},
		{"train/a/1", "train/a/1", "", "train/ is for training"},
		{"test/1 cats/2", "cats/2 test/1", "", "test/ is trained on as any sub-folder is"},
		{"a/1 b/2", "a/1 b/2", "", ""},
	} {
		dir := t.TempDir()
		for _, name := range strings.Fields(c.files) {
			write(t, dir, map[string][]byte{name + ".png": px})
		}
		p, err := Open(dir, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.files, err)
			continue
		}
		list := func(ds Dataset) string {
			if ds == nil {
				return ""
			}
			return strings.ReplaceAll(strings.Join(names(ds), " "), ".png", "")
		}
		said := strings.Join(p.Notes, "\n")
		if list(p.Train) != c.train || list(p.Test) != c.test || !strings.Contains(said, c.note) || (c.note == "") != (said == "") {
			t.Errorf("%s: train %q, test %q, said %q", c.files, list(p.Train), list(p.Test), said)
		}
	}
}

// TestListsAreNotSearchedFor: a folder that cannot be listed does not matter to
// parts that lists define.
func TestListsAreNotSearchedFor(t *testing.T) {
	dir, in := lists(t, map[string]string{"two.txt": "train/a/1.png 0\ntrain/b/3.png 1", "test/c/6.png": "x"})
	if _, err := Open(dir, Options{}); err == nil {
		t.Fatal("the folder can be listed")
	}
	if err := os.RemoveAll(in("test/b")); err != nil {
		t.Fatal(err)
	}
	p, err := Open(dir, Options{Train: in("two.txt"), Test: in("two.txt")})
	if err != nil || p.Train.Len() != 2 || p.Test.Len() != 2 {
		t.Errorf("%+v, error %v", p, err)
	}
}

func TestOpenEmbeddedWithIndices(t *testing.T) {
	list := filepath.Join(t.TempDir(), "two.npy")
	if err := WriteIndexList(list, []int{5, 3}); err != nil {
		t.Fatal(err)
	}
	p, err := Open(Embedded, Options{Train: list})
	whole, _ := Open(Embedded, Options{})
	if err != nil || p.Train.Len() != 2 || whole.Train.Len() != 1485 || p.Train.Name(0) != whole.Train.Name(5) {
		t.Errorf("%v of %v samples, error %v", p.Train.Len(), whole.Train.Len(), err)
	}
}

func TestCheckFiles(t *testing.T) {
	dir, in := lists(t, map[string]string{"list.txt": "train/a/1.png 0\nno/2.png 0\ntrain/b/3.png 1\ntrain/b 1"})
	p, err := Open(dir, Options{Train: in("list.txt")})
	if err != nil {
		t.Fatal(err)
	}
	err = CheckFiles(context.Background(), p.Train, VerifyOptions{})
	for _, want := range []string{"2 of 4 images cannot be read", "list.txt: line 2: stat " + in("no/2.png") + ": no such file", "list.txt: line 4: " + in("train/b") + ": a folder"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	good, err := Subset(p.Train, []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	for _, ds := range []Dataset{good, p.Test, balanced(2, 2)} {
		if err := CheckFiles(context.Background(), ds, VerifyOptions{}); ds != nil && err != nil {
			t.Error(err)
		}
	}
}
