package dataset

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSkipBrokenPlace: an image in several parts is read once, a broken one is skipped in
// each, and index lists still count in the unfiltered parts.
func TestSkipBrokenPlace(t *testing.T) {
	dir, in := lists(t, map[string]string{"train/a/2.png": "no image"})
	list := filepath.Join(t.TempDir(), "two.npy")
	if err := WriteIndexList(list, []int{2, 1}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		train string
		want  string
	}{
		{"", "training 1 of 3, test 0 of 2"},
		{list, "training 1 of 2, probe 1 of 2, test 0 of 2"}, // the probe is complete: 1.png is new, 2.png is broken
	} {
		p, err := Open(dir, Options{Train: c.train})
		if err != nil {
			t.Fatal(err)
		}
		read := map[string]bool{}
		var got []string
		err = p.Replace(func(part string, ds Dataset) (Dataset, error) {
			total := 0
			good, skipped, err := SkipBroken(context.Background(), ds, VerifyOptions{Read: read, Progress: func(_, n int) { total = n }})
			n := 0
			if skipped != nil {
				n, total = len(skipped.Broken), skipped.Total
				if e := skipped.Broken[0].Err.Error(); !strings.HasPrefix(e, in("train/a/2.png")) {
					t.Error(e)
				}
			}
			got = append(got, fmt.Sprintf("%s %d of %d", part, n, total))
			return good, err
		})
		if all := strings.Join(got, ", "); err != nil || all != c.want || len(read) != 4 {
			t.Errorf("%q: %s, error %v, want %s; read %v", c.train, all, err, c.want, read)
		}
		if (p.Probe == p.Train) != (c.train == "") || p.Probe.Len() != 2 {
			t.Errorf("%q: the probe has %d images", c.train, p.Probe.Len())
		}
		if rows, err := ReadRows(p.Probe, list); err != nil || fmt.Sprint(rows) != "[1]" {
			t.Errorf("%q: rows %v of the probe, error %v", c.train, rows, err)
		}
	}
}

func TestHasFiles(t *testing.T) {
	dir, _ := lists(t, nil)
	p, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ds := balanced(2, 2)
	for want, sets := range map[bool][]Dataset{
		true:  {p.Train, &subset{p.Train, []int{1}}, &filtered{&subset{&subset{p.Train, []int{1}}, []int{0}}}},
		false: {ds, &subset{ds, []int{1}}, embeddedSet(t).Train},
	} {
		for _, ds := range sets {
			if HasFiles(ds) != want {
				t.Errorf("HasFiles(%T) is not %v", ds, want)
			}
		}
	}
}
