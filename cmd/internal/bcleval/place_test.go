package bcleval

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// The run's lists also apply where its images were moved to, and with them the groups and
// the tail curve. With other images they are ignored, with a message.
func TestMovedPlace(t *testing.T) {
	data := colours(t)
	list := filepath.Join(lists(t, map[string][]int{"tail.npy": {0, 1, 2, 3, 8, 9, 16}}), "tail.npy")
	dir := trained(t, data, "--train-split", list)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.CopyFS(moved, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(dir, "--data", moved, "--threads", "1", "--by", "knn")
	if code != cli.OK || !strings.Contains(stdout, "detector of the tail: AUC") || strings.Contains(stderr, "ignoring") {
		t.Errorf("the same images: exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
	if r := results(t, dir, "--data", moved, "--by", "knn"); !slices.Equal(r.ClassCounts, []int{4, 2, 1}) || !r.Rows[0].Accuracy.Std.Known() {
		t.Errorf("the same images: %+v", r)
	}
	if err := os.Rename(filepath.Join(moved, "train", "class1", "1.png"), filepath.Join(moved, "train", "class1", "10.png")); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = call(dir, "--data", moved, "--threads", "1", "--by", "knn")
	for _, want := range []string{"ignoring the run's --train-split " + list + ": the training images are not those of the run: its 7 with the fingerprint ",
		"each class has 8 images in the training part of " + moved, "weights is not measured: the training images are not those of the run"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("other images: stderr lacks %q:\n%s", want, stderr)
		}
	}
	if code != cli.OK || strings.Contains(stdout, "AUC") || strings.Contains(stdout, "NaN") || !strings.Contains(stdout, "-       -    -    -") {
		t.Errorf("other images: exit code %d, table:\n%s", code, stdout)
	}
	// A list of as many other images is not the run's either.
	other := filepath.Join(lists(t, map[string][]int{"other.npy": {0, 1, 2, 3, 8, 9, 17}}), "other.npy")
	code, stdout, stderr = call(dir, "--train-split", other, "--threads", "1", "--by", "knn")
	if code != cli.OK || strings.Contains(stdout, "AUC") || !strings.Contains(stderr, "weights is not measured: the training images are not those of the run: its 7") {
		t.Errorf("another list: exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
}

// A run that skipped broken images is evaluated without them, by its own setting; lists
// still count all images.
func TestSkipBroken(t *testing.T) {
	data := colours(t)
	for _, broken := range []string{"train/class0/0.png", "train/class1/0.png", "train/class1/1.png", "test/class2/3.png"} {
		if err := os.WriteFile(filepath.Join(data, broken), []byte("no image"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dir := trained(t, data, "--skip-broken")
	code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn")
	for _, want := range []string{"fitted on 21 images, tested on 11", "detector of the tail: AUC"} {
		if code != cli.OK || !strings.Contains(stdout, want) {
			t.Errorf("exit code %d, %s, table without %q:\n%s", code, stderr, want, stdout)
		}
	}
	for _, want := range []string{"skipped 3 of 24 training images that cannot be read:\n\t" + filepath.Join(data, "train", "class0", "0.png"), filepath.Join(data, "train", "class1", "1.png"), "skipped 1 of 12 test images"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	list := filepath.Join(lists(t, map[string][]int{"probe.npy": {0, 1, 8, 10, 23}}), "probe.npy")
	r := results(t, dir, "--by", "knn", "--probe-list", list)
	if r.Probe != 3 || !slices.Equal(r.ClassCounts, []int{7, 6, 8}) || r.Rows[0].Accuracy.Top1 != 100 {
		t.Errorf("3 of the 5 that the list chooses can be read: %+v", r)
	}
	if code, _, stderr := call(dir, "--skip-broken=false", "--threads", "1", "--by", "knn"); code != cli.Failure || !strings.Contains(stderr, filepath.Join("class0", "0.png")) {
		t.Errorf("without skipping: exit code %d, %s", code, stderr)
	}
}

// Indices count all entries of a list in which some images have no label, as for
// bcl-train and bcl-data, and index lists are recognised by their first bytes.
func TestPartlyLabelled(t *testing.T) {
	data := colours(t)
	var images, labels []string
	for i := range 24 {
		images = append(images, fmt.Sprintf(`{"id": %d, "file_name": "train/class%d/%d.png"}`, i, i/8, i%8))
		if i%8 >= 2 { // the first two of each class have no labels
			labels = append(labels, fmt.Sprintf(`{"image_id": %d, "category_id": %d}`, i, i/8))
		}
	}
	text := fmt.Sprintf(`{"images": [%s], "annotations": [%s], "categories": [{"id": 0, "name": "class0"}, {"id": 1, "name": "class1"}, {"id": 2, "name": "class2"}]}`,
		strings.Join(images, ","), strings.Join(labels, ","))
	list := filepath.Join(t.TempDir(), "train.json")
	if err := os.WriteFile(list, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := trained(t, data)
	in := lists(t, map[string][]int{"two.npy": {2, 3, 10, 11, 18, 19}, "tail.npy": {16, 17, 18}, "a": {2, 10, 18}, "b": {3, 11, 19}})
	file := func(name string) string { return filepath.Join(in, name) }
	// Among only the labelled images, 18 and 19 would be out of range.
	r := results(t, dir, "--train-split", list, "--by", "knn", "--shots", "2", "--shot-lists", file("two.npy"), "--probe-list", file("two.npy"))
	if len(r.Rows) != 1 || r.Rows[0].Images != 6 || r.Rows[0].Accuracy.Top1 != 100 || !slices.Equal(r.ClassCounts, []int{6, 6, 6}) {
		t.Errorf("%+v", r)
	}
	if code, _, stderr := call(dir, "--train-split", list, "--by", "knn", "--probe-list", file("tail.npy")); code != cli.Failure || !strings.Contains(stderr, `class "class0" has no image`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	r = results(t, dir, "--train-split", list, "--by", "knn", "--probe-list", file("a")+","+file("b"))
	if len(r.Rows) != 1 || len(r.Rows[0].Subsets) != 2 || r.Rows[0].Images != 3 {
		t.Errorf("lists without the ending .npy: %+v", r)
	}
}
