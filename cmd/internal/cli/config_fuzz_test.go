package cli

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzConfig: no text makes the reader of configuration files panic or take memory out of
// proportion; and accepted settings are written and read back unchanged, or refused if
// they are text that cannot be printed.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{
		"batch-size: 16\nlr: 1e-3\nbcl: true\n", "name: \"true: or not # 5\"\n", "lists: [a, 'b,c', 3]\n", "name: |\n  two\n  lines\n",
		"a: &a [x, x]\nb: &b [*a, *a]\nname: *b\n", "lr: .nan\n", "batchSize: 0x10\n", "# nothing\n", "- 1\n", "{name: {lr: 1}}", "lr: 1\nlr: 2\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fs, batch, lr, name, bcl := flags()
		lists := fs.StringSlice("lists", nil, "lists")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := ApplyConfig(fs, []byte(text), "fuzz")
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(20_000*len(text)+64<<20) {
			t.Errorf("%d bytes of memory for %d bytes of text", used, len(text))
		}
		if err != nil {
			return
		}
		resolved, err := Resolved(fs)
		if err != nil {
			odd := func(s string) bool {
				return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
			}
			if !odd(*name) && !slices.ContainsFunc(*lists, odd) {
				t.Error(err)
			}
			return
		}
		fs2, batch2, lr2, name2, bcl2 := flags()
		lists2 := fs2.StringSlice("lists", nil, "lists")
		if err := ApplyConfig(fs2, resolved, "again"); err != nil {
			t.Fatalf("%v in\n%s", err, resolved)
		}
		same := *lr == *lr2 || *lr != *lr && *lr2 != *lr2
		if *batch != *batch2 || !same || *name != *name2 || *bcl != *bcl2 || !slices.Equal(*lists, *lists2) {
			t.Errorf("%d, %v, %q, %v, %q became %d, %v, %q, %v, %q through\n%s",
				*batch, *lr, *name, *bcl, *lists, *batch2, *lr2, *name2, *bcl2, *lists2, resolved)
		}
	})
}
