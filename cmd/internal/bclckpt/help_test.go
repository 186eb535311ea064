package bclckpt

import (
	"strings"
	"testing"
)

// --help-all has the help of every command, and each has it too.
func TestHelpAll(t *testing.T) {
	all := ok(t, "--help-all")
	for name := range commands {
		help := ok(t, name, "--help")
		if !strings.Contains(all, help) {
			t.Errorf("the help of %s is not in\n%s", name, all)
		}
		if got := ok(t, name, "--help-all"); got != help {
			t.Errorf("%s --help-all is\n%s\nwant\n%s", name, got, help)
		}
	}
}
