package serialize

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestViewsAreStreamed: a tensor that is a part of its storage is copied from the file
// without the rest, and its checksum is still verified.
func TestViewsAreStreamed(t *testing.T) {
	for _, name := range []string{"views.pt", "big_endian.pt", "legacy.pt", "checkpoint.pt"} {
		f, err := Open(golden(name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		want := mustLoad(t, name)
		var walk func(got, want any)
		walk = func(got, want any) {
			switch got := got.(type) {
			case *Dict:
				for k, v := range got.All() {
					w, _ := want.(*Dict).Get(k)
					walk(v, w)
				}
			case *Tensor:
				var b bytes.Buffer
				w, err := want.(*Tensor).Bytes()
				if err := got.WriteData(&b); err != nil {
					t.Fatal(err)
				}
				if err != nil || !bytes.Equal(b.Bytes(), w) {
					t.Errorf("%s: wrote %x, want %x, %v", name, b.Bytes(), w, err)
				}
				if r, err := got.ReadData(); err != nil || !bytes.Equal(r, w) {
					t.Errorf("%s: read %x, want %x, %v", name, r, w, err)
				}
				if got.IsContiguous() && got.Storage.Data != nil && got.Len() > 0 && name != "views.pt" {
					t.Errorf("%s: the storage was kept", name)
				}
			}
		}
		walk(f.Tree, want)
	}
	b, err := os.ReadFile(golden("views.pt"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFile(bytes.NewReader(b), int64(len(b)), "memory", Options{})
	if err != nil {
		t.Fatal(err)
	}
	b[f.zip.records["data/0"].offset] ^= 1 // not in the requested part
	v, _ := f.Tree.(*Dict).Get("scalar")
	if err := v.(*Tensor).WriteData(new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("a damaged storage: error %v", err)
	}
}
