package repro

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// prepare prepares a plan of one part, in a folder of four images of two classes with
// lists, and returns the text of the error, with DIR for the folder.
func prepare(t *testing.T, part string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"train/a/1.png": "", "train/a/2.png": "", "train/b/3.png": "", "train/b/4.png": "", "test/a/5.png": "", "test/b/6.png": "",
		"all.txt": "train/a/1.png 0\ntrain/a/2.png 0\ntrain/b/3.png 1\ntrain/b/4.png 1\n", "lost.txt": "train/a/1.png 0\ntrain/b/9.png 1\n",
		"outside.txt": "train/a/1.png 0\ntrain/b/3.png 2\n", "hole.txt": "train/b/3.png 1\n", "third.txt": "train/a/1.png 0\ntrain/b/3.png 1\ntrain/b/4.png 2\n", "twice.txt": "train/a/1.png 0\ntrain/a/1.png 1\n",
		"gap.json": `{"images": [{"id": 1, "file_name": "train/a/1.png"}, {"id": 2, "file_name": "train/a/2.png"}, {"id": 3, "file_name": "train/b/3.png"}, {"id": 4, "file_name": "train/b/4.png"}],
			"annotations": [{"image_id": 2, "category_id": 1}, {"image_id": 3, "category_id": 2}, {"image_id": 4, "category_id": 2}], "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, rows := range map[string][]int{"one.npy": {0, 2}, "hole.npy": {0, 1}, "uneven.npy": {0, 1, 2}, "beyond.npy": {0, 2, 4}, "gap.npy": {1, 3}} {
		if err := dataset.WriteIndexList(filepath.Join(dir, name), rows); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := NewPlan(parse(t, "name: x\nseeds: [1]\nmethods: [{method: simclr}]\nparts: [{name: p, data: d, "+part+"}]"), Select{})
	if err != nil {
		t.Fatal(err)
	}
	plan.Data, plan.Splits, plan.Out = map[string]string{"d": dir}, dir, filepath.Join(dir, "out")
	if err := plan.Prepare(context.Background(), plan.Units); err != nil {
		return strings.ReplaceAll(err.Error(), dir, "DIR")
	}
	return ""
}

// A protocol that cannot be evaluated is an error before training, which names list,
// class and number.
func TestPrepare(t *testing.T) {
	for _, c := range []struct{ part, want string }{
		{"protocols: [{name: w}, {name: one, shots: 1, lists: [one.npy]}, {name: two, shots: 2}, {name: l, probe: all.txt}]", ""},
		{"protocols: [{name: one, shots: 1, probe: gap.json, lists: [gap.npy]}]", ""}, // index among all images, including the one without a label
		{"protocols: [{name: w, lists: [none.npy]}]", "published list of preset x: stat DIR/none.npy: no such file"},
		{"protocols: [{name: w, lists: [beyond.npy]}]", "part p: protocol w: DIR/beyond.npy: entry 2: index 4 is beyond the set of 4 samples"},
		{"protocols: [{name: w, lists: [hole.npy]}]", `part p: protocol w: DIR/hole.npy: class "b" has no image to fit on`},
		{"protocols: [{name: k, shots: 3}]", `part p: protocol k: 3-shot: class "a" has 2 images, the split needs 3`},
		{"protocols: [{name: k, shots: 1, lists: [uneven.npy]}]", `uneven.npy: class "a" has 2 images, expected 1`},
		{"protocols: [{name: k, shots: 2, lists: [one.npy]}]", `one.npy: class "a" has 1 images, expected 2`},
		{"protocols: [{name: w, probe: lost.txt}]", "part p: protocol w: 1 of 2 images cannot be read:\n\tDIR/lost.txt: line 2: stat DIR/train/b/9.png: no such file"},
		{"protocols: [{name: w, probe: outside.txt}]", `DIR/outside.txt: line 2: label 2 is not below 2`},
		{"protocols: [{name: w, probe: hole.txt}]", `DIR/hole.txt: class "a" (of 2) has no images`},
		{"protocols: [{name: w, probe: twice.txt}]", `DIR/twice.txt: line 2: train/a/1.png is listed already at line 1`},
		{"test: lost.txt, protocols: [{name: w}]", "part p: 1 of 2 images cannot be read:\n\tDIR/lost.txt: line 2"},
		{"splits: [{name: s, list: lost.txt}], protocols: [{name: w}]", "part p: 1 of 2 images cannot be read:\n\tDIR/lost.txt: line 2"},
		{"splits: [{name: s, list: third.txt}], protocols: [{name: w}]", "part p: protocol w: DIR has no test images: a folder needs test/ (or val/) with the classes of the training images"},
		{"classes: 2, splits: [{name: s, list: third.txt}], protocols: [{name: w}]", "part p: DIR has 3 classes, expected the 2 of d"},
		{"classes: 3, protocols: [{name: w}]", "has 2 classes, expected the 3 of d"},
		{"splits: [{name: s, make: {kind: long-tail, seed: 1, imbalance: 2, largest: 5}}], protocols: [{name: w}]", `part p: split s: class "a" has 2 images, the split needs 5`},
	} {
		if got := prepare(t, c.part); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: error %q, expected %q", c.part, got, c.want)
		}
	}
}
