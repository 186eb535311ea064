package jpeg

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../bcl/rgb/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The last scan again and again: each goes over all pixels for a few bytes.
func TestScans(t *testing.T) {
	data := read(t, "jpeg420_progressive.jpg")
	at := bytes.LastIndex(data, []byte("\xff\xda"))
	scan := data[at : len(data)-2]
	many := func(n int) []byte {
		return append(append(bytes.Clone(data[:at]), bytes.Repeat(scan, n)...), "\xff\xd9"...)
	}
	h, err := ReadHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, damage, err := Decode(many(1), h); damage != nil || err != nil {
		t.Errorf("damage %v, error %v", damage, err)
	}
	if _, damage, err := Decode(many(100), h); damage == nil || err != nil {
		t.Errorf("100 scans: damage %v, error %v", damage, err)
	}
	if _, _, err := Decode(many(501), h); err == nil || !strings.Contains(err.Error(), "more than 500 scans") {
		t.Errorf("501 scans: error %v", err)
	}
}

// Errors are results, also of many calls at once.
func TestErrors(t *testing.T) {
	data := read(t, "jpeg420.jpg")
	h, err := ReadHeader(data)
	if err != nil || h != (Header{13, 11, 3}) {
		t.Fatalf("header %v, %v", h, err)
	}
	whole, _, err := Decode(data, h)
	if err != nil || len(whole) != 3*13*11 {
		t.Fatalf("%d bytes, %v", len(whole), err)
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			if _, _, err := Decode(data[:len(data)/2+i%8], h); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("half a file: %v", err)
			}
			if _, err := ReadHeader(data[:i]); err == nil {
				t.Errorf("%d bytes have a header", i)
			}
			if pix, _, err := Decode(data, h); err != nil || !bytes.Equal(pix, whole) {
				t.Errorf("other pixels, %v", err)
			}
			if _, _, err := Decode(data, Header{13, 12, 3}); err == nil || !strings.Contains(err.Error(), "not the data of this header") {
				t.Errorf("another header: %v", err)
			}
		})
	}
	wg.Wait()
	if v := Version(); !strings.HasPrefix(v, "libjpeg") {
		t.Errorf("version %q", v)
	}
}
