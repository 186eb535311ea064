package run

import (
	"strings"
	"testing"
)

// Of the folder of a live run everybody says that it is in use, and nobody that it should
// be removed.
func TestFolderInUse(t *testing.T) {
	d := create(t)
	for what, try := range map[string]func() error{
		"Check":   func() error { return Check(d.Path) },
		"Create":  func() error { _, err := Create(d.Path, nil, nil, Environment{}); return err },
		"Restart": func() error { _, err := Restart(d.Path, nil, nil, Environment{}); return err },
		"Reopen":  func() error { _, err := Reopen(d.Path, 1); return err },
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), d.Path+" is in use by another process") || strings.Contains(err.Error(), "remove") {
			t.Errorf("%s: error %v", what, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Check(d.Path); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("after its end: error %v", err)
	}
}
