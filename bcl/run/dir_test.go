package run

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func create(t *testing.T) *Dir {
	t.Helper()
	d, err := Create(filepath.Join(t.TempDir(), "runs", "a"), []byte("lr: 1\n"), []string{"bcl-train", "a b", "it's"}, Environment{Go: "go1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCreate(t *testing.T) {
	d := create(t)
	for name, want := range map[string]string{
		ConfigFile:      "lr: 1\n",
		CommandFile:     `bcl-train 'a b' 'it'\''s'` + "\n",
		EnvironmentFile: `"go": "go1"`,
		LogFile:         "",
		MetricsFile:     "",
	} {
		if got := read(t, d.File(name)); !strings.Contains(got, want) {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if _, err := Create(d.Path, nil, nil, Environment{}); err == nil || !strings.Contains(err.Error(), d.Path) {
		t.Errorf("a second run in %s: error %v", d.Path, err)
	}
	if got := read(t, d.File(ConfigFile)); got != "lr: 1\n" {
		t.Errorf("the second run changed the first one's config to %q", got)
	}
}

func TestCreateWhereNothingCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(file, "run"), nil, nil, Environment{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one that names %s", err, file)
	}
}

func TestReopenDropsLaterMetrics(t *testing.T) {
	d := create(t)
	for epoch := 1; epoch <= 3; epoch++ {
		if err := d.Metric(Metrics{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	tear(t, d.File(MetricsFile))
	if _, err := Reopen(d.Path, 3); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a run in progress was opened again: error %v", err)
	}
	d.Close()
	again, err := Reopen(d.Path, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Metric(Metrics{Epoch: 3}); err != nil {
		t.Fatal(err)
	}
	got, err := ReadMetrics(d.Path)
	if err != nil || len(got) != 3 || strings.Count(read(t, d.File(MetricsFile)), "\n") != 3 {
		t.Fatalf("after resuming at epoch 3 metrics are %v, error %v", got, err)
	}
	for i, m := range got {
		if m.Epoch != i+1 {
			t.Errorf("line %d is of epoch %d", i+1, m.Epoch)
		}
	}
}
