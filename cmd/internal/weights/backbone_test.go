package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

// What is suggested fits the error: another command's flags where they settle it, what is
// expected where there is no file, nothing where no flag helps.
func TestHints(t *testing.T) {
	x, err := serialize.NewTensor(dtype.Float32, []int{2}, make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	state := serialize.NewDict("a.weight", x)
	for name, tree := range map[string]any{"two.pt": serialize.NewDict("one", state, "two", state), "other.pt": state, "none.pt": serialize.NewDict("epoch", 3)} {
		if err := serialize.Save(in(name), tree); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(in("text.pt"), []byte("no weights"), 0o600); err != nil {
		t.Fatal(err)
	}
	const flags, expected = "bcl-ckpt extract-backbone has these flags", "expected a file of weights, or a run folder"
	for name, want := range map[string]string{"two.pt": flags, "other.pt": flags, "nowhere.pt": expected, "none.pt": "", "text.pt": ""} {
		b, err := OpenBackbone(in(name))
		if err == nil {
			b.Close()
			t.Errorf("%s is a backbone", name)
			continue
		}
		for _, hint := range []string{flags, expected} {
			if strings.Contains(err.Error(), hint) != (hint == want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
