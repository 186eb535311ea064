package bcldata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// bcl runs the command in-process.
func bcl(args ...string) (status int, out, log string) {
	var stdout, stderr bytes.Buffer
	status = Main(args, &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// ok runs the command, which must succeed, and returns what it prints.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	status, out, log := bcl(args...)
	if status != 0 {
		t.Fatalf("bcl-data %s: status %d\n%s", strings.Join(args, " "), status, log)
	}
	return out
}

// pictures makes a folder of the embedded test images, 5 of each class.
func pictures(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pictures")
	ok(t, "export", "--out", dir, "--per-class", "5")
	return dir
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help"}, {"split", "--help"}, {"inspect", "-h"}, {"verify", "--help"}, {"export", "--help"}, {"fetch", "--help"}} {
		status, out, log := bcl(args...)
		if status != 0 || !strings.HasPrefix(out, "Usage: bcl-data") || log != "" {
			t.Errorf("%v: status %d, output %q, log %q", args, status, out, log)
		}
	}
}

// TestVersion: --version, which the help of a sub-command lists, works with any other
// arguments.
func TestVersion(t *testing.T) {
	for command := range commands {
		if out := ok(t, command, "--help"); !strings.Contains(out, "--version") {
			t.Errorf("the help of %s does not list --version:\n%s", command, out)
		}
		if out := ok(t, command, "--version"); !strings.HasPrefix(out, "bcl-data "+command+" ") || strings.Count(out, "\n") != 1 {
			t.Errorf("%s --version: %q", command, out)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"Commands:":                              {},
		`unknown command "splat"`:                {"splat"},
		"(did you mean inspect?)":                {"insepct"},
		"unknown flag: --odd":                    {"inspect", "--odd"},
		"--out FILE.npy is missing":              {"split"},
		"must end in .npy":                       {"split", "--out", "x.txt"},
		"--shots and --balanced exclude":         {"split", "--out", "x.npy", "--shots", "3", "--balanced"},
		"--from and --seed exclude":              {"split", "--out", "x.npy", "--from", "x.json", "--seed", "3"},
		"the data set is given twice":            {"inspect", "a", "--data", "b"},
		`and "b" was given too`:                  {"inspect", "a", "b"},
		"--out FOLDER is missing":                {"export"},
		`data set "mnist", expected one`:         {"fetch", "mnist"},
		"--binary and --python exclude":          {"fetch", "cifar10", "--binary", "--python"},
		"Try 'bcl-data inspect --help'":          {"inspect", "--list"},
		"--imbalance is 0, expected":             {"split", "--out", "x.npy", "--imbalance", "0"},
		"--imbalance is NaN, expected":           {"split", "--out", "x.npy", "--imbalance", "nan"},
		"--largest is 0, expected":               {"split", "--out", "x.npy", "--largest", "0"},
		"--shots is 0, expected":                 {"split", "--out", "x.npy", "--shots", "0"},
		`--order: class order "up", expected`:    {"split", "--out", "x.npy", "--order", "up"},
		"--order numpy needs --draw numpy":       {"split", "--out", "x.npy", "--order", "numpy"},
		`--shape is "round", expected`:           {"split", "--out", "x.npy", "--shape", "round"},
		`--draw is "lots", expected numpy`:       {"split", "--out", "x.npy", "--draw", "lots"},
		"--balanced and --order exclude":         {"split", "--out", "x.npy", "--balanced", "--order", "given"},
		`--seed is "x", expected a whole number`: {"split", "--seed", "x"},
	} {
		status, out, log := bcl(args...)
		if status != 2 || out != "" || !strings.Contains(log, want) {
			t.Errorf("%v: status %d, output %q, log %q, want %q", args, status, out, log, want)
		}
	}
}

func TestInspect(t *testing.T) {
	out := ok(t, "inspect")
	for _, want := range []string{"train: 1485 images, 10 classes", "32 x 32", "rings     600    Many",
		"Few     3 classes of 16 to 6 images, 32 in total", "balanced     100 images per class"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	var r report
	if err := json.Unmarshal([]byte(ok(t, "inspect", "embedded", "--json")), &r); err != nil {
		t.Fatal(err)
	}
	rings := dataset.ManifestClass{Name: "rings", Images: 600, Group: "Many"}
	if len(r.Parts) != 3 || r.Parts[0].Classes[6] != rings || r.Kind != "embedded" {
		t.Errorf("report %+v", r)
	}
	if status, _, log := bcl("inspect", "/nowhere"); status != 1 || !strings.Contains(log, "/nowhere: no such file") {
		t.Errorf("missing data set: status %d, log %q", status, log)
	}
}

func TestSplit(t *testing.T) {
	dir := pictures(t)
	list := filepath.Join(t.TempDir(), "lt.npy")
	out := ok(t, "split", "--data", dir, "--seed", "3", "--imbalance", "4", "--out", list)
	if !strings.Contains(out, "long-tail, 18 of 50 images, 1 to 4 per class, 10 classes") {
		t.Errorf("output %q", out)
	}
	if out := ok(t, "inspect", dir, "--list", list); !strings.Contains(out, "18 indices, sha256") || !strings.Contains(out, "train: 18 images") {
		t.Errorf("output %q", out)
	}
	if status, _, log := bcl("split", "--data", dir, "--imbalance", "4", "--out", list); status != 1 || !strings.Contains(log, "exists already") {
		t.Errorf("written twice: status %d, log %q", status, log)
	}

	again := filepath.Join(t.TempDir(), "again.npy")
	ok(t, "split", dir, "--from", dataset.ManifestPath(list), "--out", again)
	a, _ := os.ReadFile(list)
	b, _ := os.ReadFile(again)
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("the recreated list differs")
	}
	if status, _, log := bcl("split", "--from", dataset.ManifestPath(list), "--out", again, "--overwrite"); status != 1 || !strings.Contains(log, "names or labels differ") {
		t.Errorf("from another set: status %d, log %q", status, log)
	}

	shots := filepath.Join(t.TempDir(), "shots.npy")
	ok(t, "split", dir, "--shots", "1", "--exclude", list, "--out", shots)
	if status, _, log := bcl("split", dir, "--from", dataset.ManifestPath(shots), "--out", again); status != 2 || !strings.Contains(log, "lt.npy: give that file with --exclude") {
		t.Errorf("without the excluded list: status %d, log %q", status, log)
	}
	ok(t, "split", dir, "--from", dataset.ManifestPath(shots), "--exclude", list, "--out", again, "--overwrite")
	if status, _, log := bcl("split", dir, "--shots", "6", "--out", shots, "--overwrite"); status != 1 || !strings.Contains(log, "has 5 images, the split needs 6") {
		t.Errorf("too many: status %d, log %q", status, log)
	}
	// Underscores and dashes are the same.
	if out := ok(t, "split", "--data", dir, "--balanced", "--imbalance=1", "--out", shots, "--overwrite"); !strings.Contains(out, "balanced, 40 of 50") {
		t.Errorf("output %q", out)
	}
}

func TestVerify(t *testing.T) {
	dir := pictures(t)
	if out := ok(t, "verify", dir, "--workers", "2"); !strings.Contains(out, "train: 50 of 50 images are good") {
		t.Errorf("output %q", out)
	}
	bad := filepath.Join(dir, "train", "rings", "zz.png")
	if err := os.WriteFile(bad, []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	status, out, log := bcl("verify", dir)
	if status != 1 || !strings.Contains(out, "broken: "+bad+": of no known format, expected JPEG, PNG, WebP, BMP, TIFF or GIF") || !strings.Contains(log, "images that cannot be read: 1") {
		t.Errorf("status %d, output %q, log %q", status, out, log)
	}
	if out := ok(t, "verify", dir, "--skip_broken"); !strings.Contains(out, "train: 50 of 51 images are good") {
		t.Errorf("output %q", out)
	}
}

// TestDamage: what Pillow reads although it is damaged is read, and said; training goes on.
func TestDamage(t *testing.T) {
	dir := pictures(t)
	odd, err := os.ReadFile("../../../bcl/rgb/testdata/odd/crc_idat.png")
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "train", "rings", "zz.png")
	if err := os.WriteFile(bad, odd, 0o666); err != nil {
		t.Fatal(err)
	}
	out := ok(t, "verify", dir)
	for _, want := range []string{"damaged, but read as Pillow reads it: " + bad + ": png: invalid format: invalid checksum", "train: 50 of 51 images are good"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %q", want, out)
		}
	}
}

// TestHoldout shows what would be held out.
func TestHoldout(t *testing.T) {
	dir := filepath.Join(pictures(t), "train")
	if out := ok(t, "inspect", dir, "--holdout", "0.2"); !strings.Contains(out, "train: 40 images") || !strings.Contains(out, "test: 10 images") {
		t.Errorf("output %q", out)
	}
	list := filepath.Join(t.TempDir(), "all.npy")
	all := make([]int, 50)
	for i := range all {
		all[i] = i
	}
	if err := dataset.WriteIndexList(list, all); err != nil {
		t.Fatal(err)
	}
	// A list counts in all images: what is held out of them is said.
	for _, command := range []string{"inspect", "verify"} {
		if status, _, log := bcl(command, dir, "--holdout", "0.2", "--list", list); status != 0 || !strings.Contains(log, list+": 10 of its 50 samples are left out: held out for testing") {
			t.Errorf("%s: status %d, log %q", command, status, log)
		}
	}
	if out := ok(t, "inspect", dir, "--holdout", "0.2", "--list", list); !strings.Contains(out, ": 50 indices, of which 10 are left out, sha256") || !strings.Contains(out, "train: 40 images") {
		t.Errorf("output %q", out)
	}
	if out := ok(t, "inspect", dir, "--list", list); !strings.Contains(out, ": 50 indices, sha256") {
		t.Errorf("output %q", out)
	}
	if status, _, log := bcl("inspect", dir, "--holdout", "1"); status != 2 || !strings.Contains(log, "--holdout is \"1\", expected a share") {
		t.Errorf("status %d, log %q", status, log)
	}
}

// TestMaxPixels: the limit is a setting, and the error says what to give.
func TestMaxPixels(t *testing.T) {
	dir := pictures(t)
	status, out, log := bcl("verify", dir, "--max-pixels", "1023")
	if status != 1 || !strings.Contains(out, ".png: 32 x 32 pixels: above the limit of 1023") || !strings.Contains(log, "--max-pixels 1024 reads it") {
		t.Errorf("status %d, output %q, log %q", status, out, log)
	}
	ok(t, "verify", dir, "--max-pixels", "1024")
	if status, _, log := bcl("verify", dir, "--max-pixels", "0"); status != 2 || !strings.Contains(log, "--max-pixels is 0, expected at least 1") {
		t.Errorf("status %d, log %q", status, log)
	}
}

// TestQuotedNames: names of files and classes give no orders to a terminal, forge no line,
// and break no table.
func TestQuotedNames(t *testing.T) {
	dir := pictures(t)
	bad := filepath.Join(dir, "train", "ri\tngs\x1b[2J")
	if err := os.Rename(filepath.Join(dir, "train", "rings"), bad); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a\nbroken: b.png", "\u202egnp.png"} {
		if err := os.WriteFile(filepath.Join(bad, name), []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(bad, "gone\r.png")); err != nil {
		t.Skip(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "train", "empty\x07"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "test")); err != nil {
		t.Fatal(err)
	}
	_, out, log := bcl("verify", dir)
	inspected := ok(t, "inspect", dir)
	for _, want := range []string{`ri\tngs\x1b[2J/a\nbroken: b.png"`, `\u202egnp.png"`, `gone\r.png"`} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%q", want, out)
		}
	}
	if !strings.Contains(log, `"empty\a"`) || !strings.Contains(inspected, `"ri\tngs\x1b[2J"`) {
		t.Errorf("log %q, inspect %q", log, inspected)
	}
	if strings.ContainsAny(out+log+inspected, "\x1b\u202e\t\r\a") || strings.Count(out, "\n") != 4 {
		t.Errorf("output %q, log %q, inspect %q", out, log, inspected)
	}
}

// TestLinkToNowhere: it is a broken image like others.
func TestLinkToNowhere(t *testing.T) {
	dir := pictures(t)
	link := filepath.Join(dir, "train", "rings", "zz.jpg")
	if err := os.Symlink("/nonexistent.jpg", link); err != nil {
		t.Skip(err)
	}
	status, out, _ := bcl("verify", dir)
	if status != 1 || !strings.Contains(out, "broken: open "+link+": no such file") {
		t.Errorf("verify: status %d, output %q", status, out)
	}
	if out := ok(t, "verify", dir, "--skip-broken"); !strings.Contains(out, "train: 50 of 51 images are good") {
		t.Errorf("output %q", out)
	}
	if out := ok(t, "inspect", dir); !strings.Contains(out, "unreadable   1 of the images looked at") {
		t.Errorf("output %q", out)
	}
	if out := ok(t, "inspect", dir, "--unlabelled"); !strings.Contains(out, "train: 51 images, unlabelled") {
		t.Errorf("output %q", out)
	}
}

// TestLists: parts defined by lists of files, and a few-shot list made from one.
func TestLists(t *testing.T) {
	dir := pictures(t)
	place, err := dataset.Open(dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range place.Train.Len() {
		fmt.Fprintf(&text, "%s %d\r\n", place.Train.Name(i), place.Train.Label(i))
	}
	folder := t.TempDir()
	list := filepath.Join(folder, "train.txt")
	shots := filepath.Join(folder, "shots.npy")
	write := func(text string) {
		if err := os.WriteFile(list, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(text.String())
	if out := ok(t, "inspect", dir, "--train-list", list, "--test-list", list); !strings.Contains(out, "train: 50 images, 10 classes") || !strings.Contains(out, "test: 50 images") {
		t.Errorf("output %q", out)
	}
	ok(t, "split", dir, "--train-list", list, "--shots", "2", "--out", shots)
	if out := ok(t, "inspect", dir, "--train-list", list, "--list", shots); !strings.Contains(out, "train: 20 images") {
		t.Errorf("output %q", out)
	}
	if status, _, log := bcl("split", dir, "--train-list", list, "--shots", "6", "--out", shots, "--overwrite"); status != 1 || !strings.Contains(log, `class "0" has 5 images, the split needs 6`) {
		t.Errorf("too many shots: status %d, log %q", status, log)
	}
	for bad, want := range map[string]string{
		"no.png 0\n":         "train.txt: line 1: open " + filepath.Join(dir, "no.png"),
		"a.png 0\na.png 0\n": "train.txt: line 2: a.png is listed already at line 1",
		"a.png 0\nb.png 2\n": `train.txt: class "1" (of 3) has no images`,
		"a.png -1\n":         "train.txt: line 1: label -1 is negative",
		"a.png cat\n":        `train.txt: line 1: label "cat" is not an integer`,
		"\x00\x01\x02":       "train.txt: line 1: no text",
		"{\"images\": [{}]}": "train.txt: images[0]: no id",
	} {
		write(bad)
		status, out, log := bcl("verify", dir, "--train-list", list, "--test-list", list)
		if status != 1 || !strings.Contains(out+log, want) {
			t.Errorf("%q: status %d, output %q, log %q, want %q", bad, status, out, log, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{"1 class": count(1, "class"), "0 classes": count(0, "class"), "1 image": count(1, "image"), "12 images": count(12, "image")} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
