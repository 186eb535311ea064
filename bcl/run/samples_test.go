package run

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteSamples(t *testing.T) {
	d, err := Create(filepath.Join(t.TempDir(), "r"), nil, nil, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	names := []string{"cat/1.png", "odd\n\"name\", 2.png", "-"}
	write := func(class string) {
		if err := d.WriteSamples(len(names), func(row int) (string, string) { return names[row], class }); err != nil {
			t.Fatal(err)
		}
	}
	write("cat")
	write("another") // which a run that is resumed does not
	f, err := os.Open(d.File(SamplesFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 4 || fmt.Sprint(rows[0]) != "[row name class]" {
		t.Fatalf("%q, %v", rows, err)
	}
	for i, name := range names {
		if row := rows[i+1]; row[0] != fmt.Sprint(i) || row[1] != name || row[2] != "cat" {
			t.Errorf("row %d is %q", i, row)
		}
	}
}
