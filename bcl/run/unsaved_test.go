package run

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// A run without a checkpoint may start again if no checkpoint can have been lost: metrics
// of two epochs at most, as the second ends while the first is written.
func TestCheckUnsaved(t *testing.T) {
	const line = "{\"epoch\":1}\n"
	for _, c := range []struct {
		metrics string
		files   []string
		kept    string
		want    string
	}{
		{metrics: ""},
		{metrics: line},
		{metrics: line, files: []string{nextFile}},
		{metrics: line + line + `{"epo`},
		{metrics: line + line, files: []string{"model_best.pt", "model_007.pt"}}, // not names of ours
		{metrics: line + line + line, want: "metrics of 3 epochs but no checkpoint"},
		{metrics: line + line + line, files: []string{nextFile}, want: "metrics of 3 epochs but no checkpoint"},
		{metrics: line, files: []string{KeptName(9), KeptName(10)}, kept: KeptName(10), want: KeptName(10)},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{MetricsFile: c.metrics, ConfigFile: ""} {
			c.files = append(c.files, name)
			if err := os.WriteFile(File(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range c.files[:len(c.files)-2] {
			if err := os.WriteFile(File(dir, name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := CheckUnsaved(dir)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir)) {
			t.Errorf("%+v: error %v", c, err)
		}
		var kept *KeptError
		if errors.As(err, &kept) != (c.kept != "") || kept != nil && kept.Name != c.kept {
			t.Errorf("%+v: kept %+v", c, kept)
		}
	}
}
