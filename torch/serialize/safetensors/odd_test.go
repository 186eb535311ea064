package safetensors

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func openOdd(b []byte) (*File, error) {
	return newFile(bytes.NewReader(b), int64(len(b)), Options{SkipUnknown: true})
}

// TestOddTypes: tensors of other element types spoil a file, and with SkipUnknown are left
// out with their types and shapes.
func TestOddTypes(t *testing.T) {
	if _, err := Open(golden("odd.safetensors")); err == nil || !strings.Contains(err.Error(), "is not supported") {
		t.Errorf("error %v", err)
	}
	f, err := OpenWith(golden("odd.safetensors"), Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := repr(f); got != "map[]\n\"x\" float32 [2 3] 000000000000803f0000004000004040000080400000a040 <nil>\n" {
		t.Error(got)
	}
	var got []string
	for _, u := range f.Unread {
		got = append(got, u.Name+" is "+u.String())
	}
	slices.Sort(got)
	want := []string{
		"c64 is a tensor of complex64 [2]", "e4m3 is a tensor of float8_e4m3fn [2 2]", "e4m3fnuz is a tensor of float8_e4m3fnuz [1]",
		"e5m2 is a tensor of float8_e5m2 [3]", "e8m0 is a tensor of float8_e8m0fnu [2]", "u16 is a tensor of uint16 [3]",
		"u32 is a tensor of uint32 []", "u64 is a tensor of uint64 [0 2]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestHostileOddTypes: such tensors must follow each other and fill the file as well.
func TestHostileOddTypes(t *testing.T) {
	for header, want := range map[string]string{
		`{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}`:                                                  "",
		`{"x":{"dtype":"F4","shape":[16],"data_offsets":[0,8]}}`:                                                  "",
		`{"x":{"dtype":"F6_E2M3","shape":[10],"data_offsets":[0,8]}}`:                                             "",
		`{"x":{"dtype":"F2_NEW","shape":[5],"data_offsets":[0,8]}}`:                                               "",
		`{"x":{"dtype":"","shape":[5],"data_offsets":[0,8]}}`:                                                     "not supported",
		`{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,7]}}`:                                                  "take 8",
		`{"x":{"dtype":"C64","shape":[2305843009213693952],"data_offsets":[0,8]}}`:                                "do not fit",
		`{"x":{"dtype":"C64","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`:                              "overflows",
		`{"x":{"dtype":"F2_NEW","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`:                           "overflows",
		`{"x":{"dtype":"F2_NEW","shape":[5],"data_offsets":[8,0]}}`:                                               "take",
		`{"x":{"dtype":"F2_NEW","shape":[5],"data_offsets":[0,9]}}`:                                               "ends at byte 9",
		`{"x":{"dtype":"F2_NEW","shape":[5],"data_offsets":[0,7]}}`:                                               "end at byte 7",
		`{"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"y":{"dtype":"A","shape":[],"data_offsets":[4,8]}}`: "begins at byte 4",
	} {
		f, err := openOdd(file(header, 8))
		if want == "" && (err != nil || len(f.Unread) != 1) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want one with %q", header, err, want)
		}
	}
}
