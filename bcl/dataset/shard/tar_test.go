package shard

import (
	"archive/tar"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// member is a file of a tar; one without data is a directory.
type member struct{ name, data string }

// archive returns a tar of some files.
func archive(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o644, Typeflag: tar.TypeReg}
		if m.data == "" {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// longName returns a tar whose first entry has a name of so many bytes, which the writer refuses.
func longName(size int) []byte {
	h := make([]byte, 512)
	copy(h, "././@LongLink")
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	copy(h[148:], "        ")
	h[156] = 'L'
	copy(h[257:], "ustar  \x00")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return append(h, bytes.Repeat([]byte("a"), size+512)...)
}

// scanned scans the bytes of a tar.
func scanned(data []byte) (*block, error) {
	b := &block{}
	return b, scanTar(bytes.NewReader(data), int64(len(data)), "x.tar", b)
}

// list is what was found: name, label and bytes of each sample.
func (b *block) list(data []byte) (out []string) {
	c := columns{sizes: b.sizes, offsets: b.offsets}
	for i, l := range b.labels {
		label := "-"
		if l > 0 {
			label = b.texts[l-1]
		}
		out = append(out, fmt.Sprintf("%s %s %s", b.name(i), label, data[c.offset(i):c.offset(i)+c.size(i)]))
	}
	return out
}

func TestScanTar(t *testing.T) {
	long := strings.Repeat("long/", 50)
	for name, c := range map[string]struct {
		members []member
		want    string
		several int
	}{
		"webdataset":     {[]member{{"0.jpg", "A"}, {"0.cls", "7"}, {"1.cls", "3\n"}, {"1.jpg", "B"}}, "0.jpg 7 A, 1.jpg 3 B", 0},
		"json":           {[]member{{"0.jpg", "A"}, {"0.json", `{"a": [1], "label": 4}`}, {"1.json", `{"cls": "cat"}`}, {"1.png", "B"}, {"2.png", "C"}, {"2.json", `{"label": null}`}}, "0.jpg 4 A, 1.png cat B, 2.png - C", 0},
		"cls first":      {[]member{{"0.jpg", "A"}, {"0.json", `{"label": 4}`}, {"0.cls", "5"}, {"1.cls", "6"}, {"1.json", "no JSON"}, {"1.jpg", "B"}}, "0.jpg 5 A, 1.jpg 6 B", 0},
		"several images": {[]member{{"0.png", "P"}, {"0.jpg", "J"}, {"0.seg.png", "S"}, {"1.left.jpg", "L"}, {"1.right.jpg", "R"}}, "0.jpg - J, 1.left.jpg - L", 3},
		"cases":          {[]member{{"a.JPEG", "A"}, {"a.CLS", "1"}}, "a.JPEG 1 A", 0},
		"folders":        {[]member{{"./d/", ""}, {"./d/0.jpg", "A"}, {"d.d/0.jpg", "B"}, {"d.d/.hidden.jpg", "x"}, {"__MACOSX/d/0.jpg", "x"}, {"noext", "x"}}, "d/0.jpg - A, d.d/0.jpg - B", 0},
		"long names":     {[]member{{long + "0.jpg", "A"}, {long + "0.cls", "1"}}, long + "0.jpg 1 A", 0},
		"no UTF-8":       {[]member{{"caf\xe9.jpg", "A"}, {"\u732b.jpg", "B"}}, "caf\xe9.jpg - A, \u732b.jpg - B", 0},
	} {
		data := archive(t, c.members...)
		b, err := scanned(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(b.list(data), ", "); got != c.want || b.several != c.several {
			t.Errorf("%s: %s, several %d; want %s, %d", name, got, b.several, c.want, c.several)
		}
		// Without their end there may have been more entries.
		whole := bytes.TrimRight(data, "\x00")
		whole = data[:(len(whole)+511)/512*512]
		if _, err = scanned(whole); err == nil || !strings.Contains(err.Error(), "truncated: the blocks of zeros that end an archive are missing") {
			t.Errorf("%s, without its end: %v", name, err)
		}
	}
}

func TestBadTar(t *testing.T) {
	good := archive(t, member{"0.jpg", strings.Repeat("A", 600)}, member{"0.cls", "7"})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":            {nil, "x.tar: no images: expected files such as 0001.jpg"},
		"an empty archive": {archive(t), "x.tar: no images"},
		"short":            {[]byte("no archive"), "x.tar: no tar archive"},
		"text":             {[]byte(strings.Repeat("no archive\n", 100)), "x.tar: no tar archive"},
		"gzip":             {[]byte("\x1f\x8b\x08 and so on"), "x.tar: compressed with gzip, which cannot be read at random: gunzip x.tar"},
		"zstd":             {[]byte("\x28\xb5\x2f\xfd and so on"), "unzstd x.tar"},
		"in the data":      {good[:900], "byte 0: truncated: 0.jpg has 600 bytes from byte 512 on, and the file ends at byte 900"},
		"in a header":      {good[:1800], "byte 1536: truncated: the file ends at byte 1800, within an entry"},
		"at a border":      {good[:1024+512], "byte 1536: truncated: the blocks of zeros that end an archive are missing"},
		"in the padding":   {good[:1200], "truncated"},
		"damaged":          {append(append([]byte{}, good[:1536]...), bytes.Repeat([]byte("x"), 1024)...), "byte 1536: damaged: no header"},
		"joined":           {append(append([]byte{}, good...), good...), "data after the archive's end"},
		"no image":         {archive(t, member{"0.jpg", "A"}, member{"1.cls", "7"}, member{"1.txt", "x"}), "byte 1024: the sample 1 has no image, only .cls, .txt: expected one of .jpg"},
		"twice":            {archive(t, member{"0.jpg", "A"}, member{"0.jpg", "B"}), "byte 1024: 0.jpg is there twice in the sample 0"},
		"apart":            {archive(t, member{"0.jpg", "A"}, member{"1.jpg", "B"}, member{"0.jpg", "C"}), "byte 2560: the key 0 is that of the sample at byte 512 already"},
		"label":            {archive(t, member{"0.jpg", "A"}, member{"0.cls", "a\nb"}), `byte 1024: 0.cls: "a\nb", expected a class`},
		"json":             {archive(t, member{"0.jpg", "A"}, member{"0.json", "[1]"}), "byte 1024: 0.json: expected a JSON object"},
		"json's label":     {archive(t, member{"0.jpg", "A"}, member{"0.json", `{"label": [1]}`}), `label is "[1]", expected a class`},
		"a large label":    {archive(t, member{"0.jpg", "A"}, member{"0.cls", strings.Repeat("1", 2<<20)}), "0.cls has 2097152 bytes, expected a label"},
		"a huge header":    {longName(2 << 20), "byte 0: an entry whose name or attributes have more than 1048576 bytes"},
		"a name":           {archive(t, member{"a\n.jpg", "A"}, member{"a\n.jpg", "A"}), `"a\n.jpg" is there twice`},
	} {
		_, err := scanned(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// The scan of any bytes ends without a panic, and what it finds is within them.
func FuzzScanTar(f *testing.F) {
	f.Add(archive(f, member{"0.jpg", "A"}, member{"0.cls", "7"}, member{"d/1.json", `{"label": 1}`}, member{"d/1.png", "B"}))
	f.Add(archive(f, member{strings.Repeat("long/", 50) + "0.jpg", "A"}))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := scanned(data)
		if err != nil {
			return
		}
		for range b.list(data) {
		}
	})
}
