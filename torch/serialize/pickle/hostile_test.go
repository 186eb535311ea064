package pickle

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestNothingIsExecuted(t *testing.T) {
	_, err := Unmarshal(golden(t, "evil.pkl"), plain)
	if err == nil || !strings.Contains(err.Error(), "posix.system") {
		t.Errorf("error %v, want one that names posix.system", err)
	}
	if _, err := Unmarshal(golden(t, "evil.pkl"), Options{}); err == nil || !strings.Contains(err.Error(), "posix.system") {
		t.Errorf("error %v, want one that names posix.system", err)
	}
}

// doubling makes a list of two lists of two lists ... n times, through the memo.
func doubling(n int) string {
	return "]q\x00" + strings.Repeat("0]q\x01h\x00ah\x00a0]q\x00h\x01ah\x01a", n/2) + "."
}

// counts are n keys and values, for a dict.
func counts(n int) string {
	var b strings.Builder
	for i := range n {
		b.Write([]byte{opBinInt2, byte(i), byte(i >> 8), opBinInt1, 1})
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	big := strings.Repeat("z", 1<<20)
	long := "X\x00\x00\x10\x00" + big + "q\x00"
	for name, c := range map[string]struct{ pickle, want string }{
		"empty":             {"", "unexpected EOF"},
		"no value":          {".", "stack is empty"},
		"left over":         {"NN.", "left on the stack"},
		"mark left":         {"(N.", "left on the stack"},
		"bytes after":       {"N.N", "bytes after the end"},
		"protocol 6":        {"\x80\x06N.", "protocol 6"},
		"unknown opcode":    {"\xff", "unknown opcode"},
		"extension":         {"\x82\x01.", "extension"},
		"out of band":       {"\x97.", "out-of-band"},
		"false length":      {"B\xff\xff\xff\x6f", "are left"},
		"false length 8":    {"\x8e\xff\xff\xff\xff\xff\xff\xff\xff", "may have only"},
		"negative length":   {"\x8b\xff\xff\xff\xff", "4294967295 bytes"},
		"memo missing":      {"h\x07.", "number 7"},
		"no mark":           {"t", "no mark"},
		"below mark":        {"NN(\x86", "stack has 0 values"},
		"odd items":         {"}(Nu.", "odd"},
		"item of list":      {"]NNs.", "expected a dict"},
		"append to dict":    {"}Na.", "expected a list"},
		"key twice":         {"}(K\x01NI01\nNu.", "twice"},
		"item twice":        {"\x8f(K\x01K\x01\x90.", "twice"},
		"unhashable":        {"}]Ns.", "list cannot be a key"},
		"call of int":       {"K\x01)R.", "a int is called"},
		"args not tuple":    {"ccollections\nOrderedDict\n]R.", "expected a tuple"},
		"state of list":     {"]}b.", "state of a list cannot be set"},
		"Counter of a list": {"ccollections\nCounter\n]\x85R.", "expected none or a dict"},
		"Counter too often": {"(" + "}q\x00(" + counts(1000) + "u0ccollections\nCounter\nq\x01" + strings.Repeat("h\x01h\x00\x85R", 1000) + "t.", "copies"},
		"complex of texts":  {"cbuiltins\ncomplex\nNN\x86R.", "expected two of type float"},
		"complex of one":    {"cbuiltins\ncomplex\nN\x85R.", "complex of 1 arguments"},
		"keywords":          {"ccollections\nOrderedDict\n)}K\x01K\x01s\x92.", "keyword"},
		"persistent id":     {"Pabc\n.", "persistent id"},
		"array not built":   {"cnumpy\nndarray\n)R.", "is called"},
		"list in itself":    {"]q\x00h\x00a.", "contains itself"},
		"dict in itself":    {"}q\x00K\x01h\x00s.", "contains itself"},
		"deep list":         {strings.Repeat("]", 100000) + strings.Repeat("a", 99999) + ".", "nested more than"},
		"deep tuple":        {")" + strings.Repeat("\x85", 100000) + ".", "nested more than"},
		"deep key":          {"})" + strings.Repeat("\x85", 100000) + "Ns.", "nested more than"},
		"billion laughs":    {doubling(60), "shared values"},
		"key of doublings":  {"})q\x00" + strings.Repeat("0h\x00h\x00\x86q\x00", 60) + "Ns.", "nested more"},
		"key of 15 doubles": {"}(K\x00K\x01K\x02K\x03K\x04tq\x00" + strings.Repeat("0(h\x00h\x00h\x00h\x00h\x00tq\x00", 14) + "Ns.", "as key takes"},
		"one copy too much": {"\x80\x02" + long + "c_codecs\nencode\nq\x01(" + strings.Repeat("h\x01h\x00X\x06\x00\x00\x00latin1\x86R", 1000) + "t.", "copies"},
		"long key again":    {long + "(" + strings.Repeat("}h\x00Ns", 100000) + "t.", "copies"},
		"long int again":    {"\x8b\x00\x00\x10\x00" + big + "q\x00(" + strings.Repeat("}h\x00Ns", 100000) + "t.", "copies"},
		"digits":            {"L" + strings.Repeat("9", 1<<20) + "L\n.", "not a decimal"},
		"not UTF-8":         {"X\x01\x00\x00\x00\xff.", "not UTF-8"},
		"array of lies": {"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(J\xff\xff\xff\x7fJ\xff\xff\xff\x7fJ\xff\xff\xff\x7ftcnumpy\ndtype\n(U\x02u1I00\nI01\ntR\x89C\x01atb.",
			"overflows"},
	} {
		start := time.Now()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v, err := Unmarshal([]byte(c.pickle), plain)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, error %v, want one with %q", name, v, err, c.want)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(300*len(c.pickle)+16<<20) {
			t.Errorf("%s: %d bytes of memory for %d bytes of pickle", name, used, len(c.pickle))
		}
	}
}

// TestStreamLength reads from a stream of unknown length, where a false length must not
// cost memory.
func TestStreamLength(t *testing.T) {
	_, err := NewDecoder(strings.NewReader("B\xff\xff\xff\x6fabc"), Options{}).Decode()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if _, err := NewDecoder(strings.NewReader("C\x05aaaaa."), Options{MaxSize: 4}).Decode(); err == nil || !strings.Contains(err.Error(), "may have only") {
		t.Errorf("error %v", err)
	}
	if _, err := NewDecoder(strings.NewReader("Iaaaaaaaa\n."), Options{MaxSize: 4}).Decode(); err == nil || !strings.Contains(err.Error(), "more than 4") {
		t.Errorf("error %v", err)
	}
	long := bytes.Repeat([]byte("ab"), 100000)
	v, err := NewDecoder(io.MultiReader(strings.NewReader("B\x40\x0d\x03\x00"), bytes.NewReader(long), strings.NewReader(".")), Options{}).Decode()
	if err != nil || !bytes.Equal(v.([]byte), long) {
		t.Errorf("bytes in steps: %v", err)
	}
}

func TestTruncated(t *testing.T) {
	for _, name := range []string{"tree_0.pkl", "tree_2.pkl", "tree_5.pkl", "numpy_4.pkl"} {
		b := golden(t, name)
		for n := range b {
			if _, err := Unmarshal(b[:n], plain); err == nil {
				t.Fatalf("%s truncated at %d was read", name, n)
			}
		}
	}
}

// TestFlipped changes every byte: any outcome except a panic is allowed.
func TestFlipped(t *testing.T) {
	for _, name := range []string{"tree_0.pkl", "tree_2.pkl", "tree_5.pkl", "numpy_2.pkl"} {
		b := golden(t, name)
		for i := range b {
			for _, mask := range []byte{1 << (i % 8), 0x80, 0xff} {
				b[i] ^= mask
				Unmarshal(b, plain)
				b[i] ^= mask
			}
		}
	}
}

// TestSkip: with Skip an unknown global is named, and remains only its name whatever the
// pickle does with it.
func TestSkip(t *testing.T) {
	for text, want := range map[string]string{
		"cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.":                "posix.system",
		"cposix\nsystem\nX\x02\x00\x00\x00ls\x85R)R.":              "posix.system",
		"ca\nB\n)\x81}X\x01\x00\x00\x00xNsb.":                      "a.B",
		"ca\nB\n)}X\x01\x00\x00\x00xNs\x92.":                       "a.B",
		"ca\nB\n)R(K\x01NK\x02Nu.":                                 "a.B",
		"ca\nB\n)R(K\x01K\x02e(K\x03\x90.":                         "a.B",
		"(ia\nB\n.":                                                "a.B",
		"\x80\x04X\x01\x00\x00\x00aX\x01\x00\x00\x00B\x93(K\x01o.": "",
	} {
		var names []string
		opts := Options{FindClass: Skip(plain.FindClass, func(n string) { names = append(names, n) })}
		v, err := Unmarshal([]byte(text), opts)
		if want == "" {
			if err == nil {
				t.Errorf("%q was read", text)
			}
			continue
		}
		if o, ok := v.(*Opaque); err != nil || !ok || o.Name != want || len(names) != 1 || names[0] != want {
			t.Errorf("%q: a %s, %v, names %q", text, TypeName(v), err, names)
		}
	}
	// As a key, an item, and as an argument of a known class.
	opts := Options{FindClass: Skip(plain.FindClass, func(string) {})}
	v, err := Unmarshal([]byte("}(ca\nB\nK\x01ca\nB\nK\x02u."), opts)
	if d, ok := v.(*Dict); err != nil || !ok || d.Len() != 2 {
		t.Errorf("two keys: %v, %v", v, err)
	}
	if _, err := Unmarshal([]byte("c_codecs\nencode\nca\nB\nX\x06\x00\x00\x00latin1\x86R."), opts); err == nil || !strings.Contains(err.Error(), "a.B") {
		t.Errorf("error %v, want one that names a.B", err)
	}
}
