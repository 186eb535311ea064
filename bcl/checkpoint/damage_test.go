package checkpoint

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize"
)

// Every single flipped byte of a checkpoint, and every truncation in steps of 64 bytes,
// is an error, never a panic and never accepted. A normal run tests every 29th byte, one
// with BCL_TORTURE all.
func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), run.CheckpointFile)
	do(t, func() error {
		tr := trainer(t, 1)
		if _, err := tr.RunEpoch(context.Background()); err != nil {
			return err
		}
		return Save(path, tr, About{Config: []byte("lr: 0.5\n"), Data: run.Data{Fingerprint: "abc", Samples: 6}})
	})
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	load := func(b []byte) error {
		f, err := serialize.NewFile(bytes.NewReader(b), int64(len(b)), "memory", serialize.Options{})
		if err == nil {
			_, err = decode(f, "memory")
		}
		return err
	}
	if err := load(file); err != nil {
		t.Fatal(err)
	}
	step, accepted, tried := 29, 0, 0
	if os.Getenv("BCL_TORTURE") != "" {
		step = 1
	}
	for i := 0; i < len(file); i += step {
		flip := byte(1) << (i % 8)
		file[i] ^= flip
		if tried++; load(file) == nil {
			accepted++
			t.Errorf("byte %d of %d, flipped by %#x, was not noticed", i, len(file), flip)
		}
		file[i] ^= flip
	}
	for n := 0; n < len(file); n += 64 {
		if tried++; load(file[:n]) == nil {
			accepted++
			t.Errorf("the first %d of %d bytes were accepted", n, len(file))
		}
	}
	t.Logf("a checkpoint of %d bytes, damaged in %d ways: %d accepted", len(file), tried, accepted)
}

// A complete checkpoint that lost its checksum is not accepted either.
func TestSealIsMissed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, run.CheckpointFile)
	do(t, func() error { return Save(path, trainer(t, 1), About{}) })
	tree, err := serialize.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	bcl, _ := child(tree.(*serialize.Dict), "bcl")
	for _, c := range []struct {
		format int
		want   string // "": no error
	}{{run.Format, "checksum at the file's end"}, {1, ""}, {run.Format + 1, "newer bcl-train"}, {0, "expected 1 to"}} {
		if err := bcl.Set("format", c.format); err != nil {
			t.Fatal(err)
		}
		bare := filepath.Join(dir, "bare.pt")
		if err := serialize.Save(bare, tree); err != nil {
			t.Fatal(err)
		}
		_, err := Load(bare)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("format %d without a checksum: error %v, want %q", c.format, err, c.want)
		}
	}
}
