package bcleval

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/score"
)

// lists writes index lists into a folder, with published names.
func lists(t *testing.T, files map[string][]int) string {
	t.Helper()
	dir := t.TempDir()
	for name, indices := range files {
		if err := dataset.WriteIndexList(filepath.Join(dir, name), indices); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// published has a full list without the first image of each class, lists of two images
// per class, and a validation list. colours has 8 training images per class.
func published(t *testing.T) string {
	var whole []int
	for i := range 24 {
		if i%8 != 0 {
			whole = append(whole, i)
		}
	}
	files := map[string][]int{"tiny_trainIdxList.npy": whole, "tiny_valIdxList.npy": {0, 8, 16}}
	for k := 1; k <= 3; k++ {
		files[fmt.Sprintf("tiny_split%d_test_2shot.npy", k)] = []int{k, k + 1, 8 + k, 9 + k, 16 + k, 17 + k}
	}
	return lists(t, files)
}

func results(t *testing.T, args ...string) (r score.Results) {
	t.Helper()
	code, stdout, stderr := call(append(args, "--threads", "1", "--json")...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Full, the published lists of 2 images per class, and random subsets of 3 from the full
// list, with every classifier.
func TestShots(t *testing.T) {
	dir := trained(t, colours(t))
	splits := published(t)
	args := []string{dir, "--shots", "full,2,3", "--splits", splits, "--probe-epochs", "3", "--sdclr-epochs", "2", "--finetune-epochs", "1",
		"--finetune-batch-size", "8", "--by", strings.Join(eval.Names(eval.All()), ",")}
	r := results(t, args...)
	want := []struct {
		protocol        string
		images, subsets int
	}{{"full", 21, 0}, {"2-shot", 6, 3}, {"3-shot", 9, 5}}
	n := len(eval.All())
	if len(r.Rows) != len(want)*n {
		t.Fatalf("%d rows", len(r.Rows))
	}
	for i, row := range r.Rows {
		w := want[i/n]
		if row.Protocol != w.protocol || row.Images != w.images || len(row.Subsets) != w.subsets || (row.Spread == nil) != (w.subsets == 0) {
			t.Errorf("row %d: %s, %d images, %d subsets; want %+v", i, row.Protocol, row.Images, len(row.Subsets), w)
		}
	}
	if got := r.Rows[n].Subsets[1].Name; got != filepath.Join(splits, "tiny_split2_test_2shot.npy") {
		t.Errorf("second subset %s", got)
	}
	// The same lists named with braces are the same.
	named := results(t, dir, "--shots", "2", "--by", "ridge", "--shot-lists", filepath.Join(splits, "tiny_split{1..3}_test_2shot.npy"))
	if a, b := fmt.Sprint(named.Rows[0].Accuracy), fmt.Sprint(r.Rows[n+slices.Index(eval.Names(eval.All()), "ridge")].Accuracy); a != b {
		t.Errorf("lists by name give %s, by folder %s", a, b)
	}
	several := results(t, dir, "--by", "ridge", "--probe-list", filepath.Join(splits, "*2shot.npy"))
	if len(several.Rows) != 1 || len(several.Rows[0].Subsets) != 3 || several.Rows[0].Protocol != "lists" {
		t.Errorf("several lists: %+v", several.Rows)
	}
	code, stdout, stderr := call(dir, "--threads", "1", "--by", "ridge", "--shots", "full,2", "--splits", splits)
	if code != 0 || !strings.Contains(stdout, "2-shot") || !strings.Contains(stdout, " ± ") || strings.Contains(stdout, "fitted on") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
}

// --protocol is equivalent to the flags, with names of its own.
func TestProtocolSpecs(t *testing.T) {
	dir, splits := trained(t, colours(t)), published(t)
	file := func(name string) string { return filepath.Join(splits, name) }
	by := []string{dir, "--by", "ridge"}
	flags := results(t, append(by, "--shots", "full,2,3", "--splits", splits, "--shot-subsets", "4")...)
	specs := results(t, append(by, "--protocol", "{name: whole, lists: [tiny_trainIdxList.npy]}",
		"--protocol", "{name: two, shots: 2, lists: [tiny_split1_test_2shot.npy, "+file("tiny_split2_test_2shot.npy")+", tiny_split3_test_2shot.npy]}",
		"--protocol", "{name: drawn, shots: 3, subsets: 4, from: tiny_trainIdxList.npy}", "--splits", splits)...)
	if len(flags.Rows) != 3 || len(specs.Rows) != 3 {
		t.Fatalf("%d and %d rows", len(flags.Rows), len(specs.Rows))
	}
	for i, row := range specs.Rows {
		want := flags.Rows[i]
		want.Protocol = []string{"whole", "two", "drawn"}[i]
		a, errA := json.Marshal(row)
		b, errB := json.Marshal(want)
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("row %s, by flags %s", a, b)
		}
	}
	for want, args := range map[string][]string{
		"excludes":                  {"--protocol", "{name: a}", "--shots", "2"},
		`unknown field "shot"`:      {"--protocol", "{shot: 2}"},
		`the name "a" is repeated`:  {"--protocol", "{name: a}", "--protocol", "{name: a, shots: 2}"},
		"its probe list is not":     {"--protocol", "{name: a}", "--protocol", "{name: b, probe: x.txt}"},
		"expected the name of a .n": {"--protocol", "{lists: [a.txt]}"},
	} {
		code, stdout, stderr := call(append(args, dir)...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit code %d, stderr lacks %q:\n%s", args, code, want, stderr)
		}
	}
}

// Class tables, their CSV and the tail curve; groups by count, two of them empty.
func TestClassesAndCurves(t *testing.T) {
	data := colours(t)
	dir := dual(t, data)
	out := t.TempDir()
	classes, tail := filepath.Join(out, "classes.csv"), filepath.Join(out, "tail.csv")
	code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn,ridge", "--per-class", "--csv", classes, "--tail-curve", tail)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"trained on", "trained ridge", "class2"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in:\n%s", want, stdout)
		}
	}
	rows := readCSV(t, classes)
	if len(rows) != 1+2*3 || strings.Join(rows[3], ",") != "trained,,,knn,2,class2,3,Few,100" {
		t.Errorf("classes %q", rows)
	}
	curve := readCSV(t, tail)
	if len(curve) != 3 || strings.Join(curve[0], ",") != "epoch,few_auc,size_auc,macro_auc" || curve[2][0] != "2" {
		t.Errorf("curve %q", curve)
	}
	code, stdout, stderr = call(dir, "--threads", "1", "--by", "knn", "--groups", "counts")
	if code != 0 || !strings.Contains(stdout, "-       -  100.00") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
	r := results(t, dir, "--by", "knn", "--groups", "counts")
	if a := r.Rows[0].Accuracy; a.Groups[0].Known() || !a.Groups[2].Known() || a.Std.Known() || r.GroupRule != "counts" {
		t.Errorf("groups by count: %+v", a)
	}
	spoil(t, data)
	if code, _, stderr := call(filepath.Join(dir, "model.pt"), "--threads", "1", "--by", "knn", "--tail-curve", tail, "--force"); code != 1 || !strings.Contains(stderr, "--tail-curve: "+filepath.Join(dir, "model.pt")+" is not a run directory") {
		t.Errorf("a curve without history: exit code %d, %s", code, stderr)
	}
}

// spoil breaks a test image: any evaluation ends with an error about it.
func spoil(t *testing.T, data string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(data, "test", "class0", "0.png"), []byte("no image"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The table is written even if the folder of a file is gone after the evaluation.
func TestTableBeforeFiles(t *testing.T) {
	o := newOptions()
	o.csv = filepath.Join(t.TempDir(), "gone", "classes.csv")
	var out bytes.Buffer
	err := o.write(&score.Results{Checkpoint: "model.pt", Rows: []score.Row{{Network: "trained", Result: score.Result{Classifier: "knn"}}}}, &out)
	if err == nil || !strings.Contains(err.Error(), o.csv) || !strings.Contains(out.String(), "trained") {
		t.Errorf("error %v, table:\n%s", err, out.String())
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Impossible settings are errors before any evaluation.
func TestBadProtocols(t *testing.T) {
	data := colours(t)
	dir := trained(t, data)
	spoil(t, data)
	bad := lists(t, map[string][]int{"hole.npy": {0, 1, 8, 9}, "beyond.npy": {0, 8, 16, 24}, "uneven.npy": {0, 1, 8, 16}, "two.npy": {0, 1, 8, 9, 16, 17}})
	file := func(name string) string { return filepath.Join(bad, name) }
	if err := os.WriteFile(file("gone.txt"), []byte("test/nothing.png 0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a class without images", []string{"--probe-list", file("hole.npy")}, 1, `hole.npy: class "class2" has no image to fit on`},
		{"an index beyond the set", []string{"--probe-list", file("beyond.npy")}, 1, "beyond.npy: entry 3: index 24"},
		{"a test image that does not exist", []string{"--test-list", file("gone.txt")}, 1, "gone.txt: line 1: stat "},
		{"more shots than images", []string{"--shots", "9"}, 1, `9-shot: class "class0" has 8 images`},
		{"a list that is not balanced", []string{"--shots", "1", "--shot-lists", file("uneven.npy")}, 1, `uneven.npy: class "class0" has 2 images`},
		{"a list of other shots", []string{"--shots", "1", "--shot-lists", file("two.npy")}, 2, "two.npy has 2 images per class"},
		{"no such pattern", []string{"--probe-list", file("none*.npy")}, 1, "no file matches"},
		{"shots that are not a number", []string{"--shots", "some"}, 2, `"some"`},
		{"shots twice", []string{"--shots", "2,2-shot"}, 2, "twice"},
		{"lists without shots", []string{"--shot-lists", file("two.npy")}, 2, "without --shots"},
		{"unknown groups", []string{"--groups", "halves"}, 2, "halves"},
		{"unknown crop", []string{"--finetune-crop", "middle"}, 2, "middle"},
		{"a mean of two numbers", []string{"--mean", "0,0"}, 2, "--mean has 2 values"},
		{"a setting of the last classifier", []string{"--by", "ridge,knn", "--knn-temperature", "0"}, 1, "temperature 0: expected"},
		{"a negative penalty", []string{"--by", "knn,lbfgs", "--lbfgs-penalty", "-1"}, 1, "penalty -1: expected"},
		{"negative neighbours", []string{"--by", "ridge", "--knn-k", "-1"}, 2, "--knn-k is -1, expected at least 0"},
		{"negative epochs", []string{"--by", "knn", "--sdclr-epochs", "-1"}, 2, "--sdclr-epochs is -1, expected at least 0"},
		{"resize smaller than the crop", []string{"--resize", "8"}, 2, "--resize is 8, less than the size of the images, 16"},
		{"unknown interpolation", []string{"--interpolation", "lanczos"}, 2, `--interpolation is "lanczos", expected one of bicubic, bilinear`},
		{"one file for two outputs", []string{"--csv", "a.csv", "--tail-curve", "a.csv"}, 2, "both name a.csv"},
		{"a folder for a file", []string{"--by", "knn", "--csv", bad}, 1, "--csv: " + bad + " is a folder"},
		{"a folder that cannot be written", []string{"--by", "knn", "--csv", "/no/such/folder/a.csv"}, 1, "/no/such/folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := call(append([]string{dir, "--threads", "1"}, c.args...)...)
			if code != c.code || stdout != "" || !strings.Contains(stderr, c.want) {
				t.Errorf("exit code %d, want %d; stdout %q; stderr lacks %q:\n%s", code, c.code, stdout, c.want, stderr)
			}
		})
	}
}
