package workdir

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/bcl-go/bcl/cgo" // which links libtorch
)

// A program that starts in a folder that was deleted says so.
func TestDeletedWorkingDirectory(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(gone, 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", `cd "$1" && rmdir "$1" && exec "$2" -test.run "^$"`, "sh", gone, exe)
	text, err := c.CombinedOutput()
	if c.ProcessState.ExitCode() != 1 || !strings.Contains(string(text), filepath.Base(exe)+": the working directory is gone: cd to another folder") {
		t.Errorf("%v: %s", err, text)
	}
}
