package bcleval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// An image that is read although its file is damaged is said, of training and test images.
func TestDamage(t *testing.T) {
	data := colours(t)
	odd, err := os.ReadFile("../../../bcl/rgb/testdata/odd/crc_idat.png")
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(data, "test", "class0", "0.png")
	if err := os.WriteFile(bad, odd, 0o644); err != nil {
		t.Fatal(err)
	}
	dir := trained(t, data, "--eval-freq", "1", "--eval-by", "knn")
	if log, err := os.ReadFile(filepath.Join(dir, "log.txt")); err != nil || !strings.Contains(string(log), "damaged, but read as Pillow reads them: 1 of the images, such as "+bad) {
		t.Errorf("training: %s, %v", log, err)
	}
	code, _, stderr := call(dir, "--threads", "1", "--by", "knn")
	if code != cli.OK || !strings.Contains(stderr, "damaged, but read as Pillow reads them: 1 of the images, such as "+bad) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
