package pickle

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
)

// skipping reads what it can.
var skipping = Options{FindClass: Skip(plain.FindClass, func(string) {}), SkipUnsupported: true}

// array is the pickle of an array of one dimension of elements of a kind, without its data
// and BUILD.
func array(kind string) string {
	return "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btRq\x09(K\x01(K\x02tcnumpy\ndtype\n(U" + string(rune(len(kind))) + kind + "I00\nI01\ntR(K\x03U\x01<NNNK\x00K\x00K\x00tb\x89"
}

// TestUnsupported: an array of other elements is an error, or with SkipUnsupported its
// description, also where the memo has it.
func TestUnsupported(t *testing.T) {
	whole := "(" + array("U4") + "C\x00tbh\x09t."
	if _, err := Unmarshal([]byte(whole), plain); err == nil || !strings.Contains(err.Error(), `"<U4" is not supported`) {
		t.Errorf("error %v", err)
	}
	v, err := Unmarshal([]byte(whole), skipping)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range v.(*Tuple).Items {
		if o, ok := item.(*Opaque); !ok || o.What != "a numpy array of str [2]" {
			t.Errorf("%s", repr(item))
		}
	}
	v, err = Unmarshal([]byte("cnumpy\ndtype\n(U\x02U2I00\nI01\ntR."), skipping)
	if err != nil || repr(v) != "dtype(|U2)" {
		t.Errorf("an element type alone: %v, %v", repr(v), err)
	}
}

func TestHostileUnsupported(t *testing.T) {
	long := strings.Repeat("I9223372036854775807\n", 60)
	for name, c := range map[string]struct{ pickle, want string }{
		"array in itself":  {array("O8") + "]h\x09atb.", ""}, // its contents are dropped
		"held before":      {"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btRq\x09]q\x08h\x09a0(K\x01(K\x02tcnumpy\ndtype\n(U\x02O8I00\nI01\ntR\x89]tb0h\x08.", "within itself"},
		"state twice":      {array("U4") + "C\x00tb}b.", ""},
		"shape of lies":    {strings.Replace(array("U4"), "(K\x02t", "(K\xffX\x01\x00\x00\x00xt", 1) + "C\x00tb.", "where a size is expected"},
		"many of one long": {"cnumpy.core.multiarray\n_reconstruct\nq\x01(cnumpy\nndarray\n(K\x00tU\x01btq\x02R0(K\x01(" + long + "tcnumpy\ndtype\n(U\x02U4I00\nI01\ntR\x89C\x00tq\x030(" + strings.Repeat("h\x01h\x02Rh\x03b", 200000) + "t.", "copies"},
	} {
		bounded.Check(t, len(c.pickle), 400, func() {
			v, err := Unmarshal([]byte(c.pickle), skipping)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: error %v, want one with %q", name, err, c.want)
			}
			if err == nil {
				_ = repr(v)
			}
		})
	}
}
