package run

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/quote"
)

func newDir(t *testing.T) *Dir {
	t.Helper()
	d, err := Create(filepath.Join(t.TempDir(), "r"), nil, nil, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestWriteSamples(t *testing.T) {
	d := newDir(t)
	names := []string{"cat/1.png", "odd\r\n\"name\", 2.png", "-"}
	write := func() bool {
		replaced, err := d.WriteSamples(len(names), func(row int) (string, string) { return names[row], "cat" })
		if err != nil {
			t.Fatal(err)
		}
		return replaced
	}
	if write() {
		t.Error("a new file was said to be replaced")
	}
	before, err := os.ReadFile(d.File(SamplesFile))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(before))).ReadAll()
	if err != nil || len(rows) != 4 || fmt.Sprint(rows[0]) != "[row name class]" {
		t.Fatalf("%q, %v", rows, err)
	}
	for i, name := range names {
		if row := rows[i+1]; row[0] != fmt.Sprint(i) || row[1] != quote.Escape(name) || row[2] != "cat" {
			t.Errorf("row %d is %q", i, row)
		}
	}
	old, _ := os.Stat(d.File(SamplesFile))
	if write() {
		t.Error("the same file was replaced")
	}
	if now, _ := os.Stat(d.File(SamplesFile)); !os.SameFile(old, now) {
		t.Error("the same file was written again")
	}
	for what, damaged := range map[string]string{
		"cut": string(before[:len(before)-1]), "longer": string(before) + "x", "empty": "",
		"another": strings.Replace(string(before), "cat/1", "dog/1", 1),
	} {
		if err := os.WriteFile(d.File(SamplesFile), []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		if !write() {
			t.Errorf("%s: not replaced", what)
		}
		if after, _ := os.ReadFile(d.File(SamplesFile)); string(after) != string(before) {
			t.Errorf("%s: the file is %q", what, after)
		}
	}
}

// Ten million samples take no memory of their own; a million here.
func TestSamplesMemory(t *testing.T) {
	d := newDir(t)
	const n = 1_000_000
	name := fmt.Sprintf("train/%0100d.png", 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 2 { // written, and compared
		if _, err := d.WriteSamples(n, func(int) (string, string) { return name, "c" }); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if used := int64(after.Sys) - int64(before.Sys); used > 64<<20 {
		t.Errorf("%d MB more memory for %d samples", used>>20, n)
	}
	if info, err := os.Stat(d.File(SamplesFile)); err != nil || info.Size() < 100*n {
		t.Errorf("%v, %v", info, err)
	}
}

func TestReadSamples(t *testing.T) {
	d := newDir(t)
	names := []string{"cat/1.png", "odd\r\n\"name\", \xe9 2.png", "-"}
	if _, err := d.WriteSamples(len(names), func(row int) (string, string) { return names[row], "cat" }); err != nil {
		t.Fatal(err)
	}
	list, err := ReadSamples(d.Path)
	if err != nil || len(list) != 3 || list[1] != (Sample{names[1], "cat"}) {
		t.Errorf("%q, %v", list, err)
	}
	if err := os.WriteFile(d.File(SamplesFile), []byte("row,name,class\n1,a,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSamples(d.Path); err == nil || !strings.Contains(err.Error(), `line 2 has row "1", expected 0`) {
		t.Errorf("error %v", err)
	}
}
