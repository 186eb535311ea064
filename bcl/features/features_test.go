package features_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

func info(n int) features.Info {
	return features.Info{Samples: n, DType: "float32", Layers: []features.Layer{{Name: "features", Width: 3}, {Name: "projection", Width: 2}}, Labelled: 2, Classes: []string{"a", "b"}, SHA256: "s", Fingerprint: "f"}
}

func sample(row int) features.Sample {
	s := features.Sample{Name: fmt.Sprintf("dir/%d, \"x\".png", row), Label: row % 3, Class: []string{"a", "b", ""}[row%3]}
	if s.Label == 2 {
		s.Label = -1
	}
	if row%5 == 3 { // as file systems have them
		s.Name += " \xe9\n\\xe9"
	}
	return s
}

// value is an element of a layer.
func value(layer, row, k int) float32 { return float32(100*row+10*layer+k) + 0.1 }

func rows(from, n int) (layers [][]byte) {
	for layer, width := range []int{3, 2} {
		var data []byte
		for row := from; row < from+n; row++ {
			for k := range width {
				data, _ = binary.Append(data, binary.LittleEndian, value(layer, row, k))
			}
		}
		layers = append(layers, data)
	}
	return layers
}

// fill writes a folder of n samples.
func fill(t *testing.T, dir string, n int) {
	t.Helper()
	w, err := features.Create(dir, info(n), sample, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := errors.Join(w.Append(rows(0, n)), w.Finish()); err != nil {
		t.Fatal(err)
	}
}

func TestFormats(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "f")
	const n = 600 // more than a chunk
	fill(t, dir, n)
	table, err := features.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	paths := map[string]string{}
	for _, f := range features.Formats() {
		last := 0
		if paths[f], err = table.Export(context.Background(), f, func(done, total int) { last = done }); err != nil || last != n {
			t.Fatalf("%s: %v, progress %d", f, err, last)
		}
	}
	a, err := npy.ReadFile(filepath.Join(dir, "projection.npy"))
	if err != nil || !slices.Equal(a.Shape, []int{n, 2}) || !bytes.Equal(a.Data, rows(0, n)[1]) {
		t.Errorf("projection.npy: %v", err)
	}
	l, err := npy.ReadFile(filepath.Join(dir, features.LabelsFile))
	if err != nil {
		t.Fatal(err)
	}
	for row, label := range must(l.Int64s()) {
		if label != int64(sample(row).Label) {
			t.Fatalf("row %d has the label %d", row, label)
		}
	}
	s, err := safetensors.Load(paths["safetensors"])
	if err != nil || !bytes.Equal(s.Get("features").Data, rows(0, n)[0]) || !slices.Equal(s.Get("labels").Shape, []int{n}) || s.Metadata["data_fingerprint"] != "f" {
		t.Errorf("safetensors: %v", err)
	}
	f, err := os.Open(paths["csv"])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) != n+1 || strings.Join(lines[0], " ") != "row name class label features_0 features_1 features_2 projection_0 projection_1" {
		t.Fatalf("csv: %v, %q", err, lines[0])
	}
	for row, line := range lines[1:] {
		v, _ := strconv.ParseFloat(line[8], 32)
		if line[0] != fmt.Sprint(row) || line[1] != quote.Escape(sample(row).Name) || line[2] != sample(row).Class || float32(v) != value(1, row, 1) || (line[3] == "") != (sample(row).Label < 0) {
			t.Fatalf("csv: row %d is %q", row, line)
		}
	}
	type record struct {
		Row      int64     `parquet:"row"`
		Name     string    `parquet:"name"`
		Class    *string   `parquet:"class"`
		Label    *int64    `parquet:"label"`
		Features []float32 `parquet:"features,list"`
	}
	records, err := parquet.ReadFile[record](paths["parquet"])
	if err != nil || len(records) != n {
		t.Fatal(err, len(records))
	}
	for row, r := range records {
		s := sample(row)
		if r.Row != int64(row) || r.Name != quote.Escape(s.Name) || (r.Label == nil) != (s.Label < 0) || r.Label != nil && (*r.Label != int64(s.Label) || *r.Class != s.Class) ||
			!slices.Equal(r.Features, []float32{value(0, row, 0), value(0, row, 1), value(0, row, 2)}) {
			t.Fatalf("parquet: row %d is %+v", row, r)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A writer that is interrupted anywhere and continued leaves the same bytes.
func TestContinue(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	fill(t, whole, 10)
	for stop := range 11 {
		dir := filepath.Join(t.TempDir(), "part")
		w := must(features.Create(dir, info(10), sample, false))
		if stop > 0 {
			if err := w.Append(rows(0, stop)); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		if _, err := features.Open(dir); err == nil || !strings.Contains(err.Error(), "not complete") {
			t.Fatalf("a part opens: %v", err)
		}
		// One layer has more rows, as after a kill between them, or its final name, as
		// after one in Finish.
		if stop == 10 {
			if err := os.Rename(filepath.Join(dir, "features.npy.part"), filepath.Join(dir, "features.npy")); err != nil {
				t.Fatal(err)
			}
		}
		w = must(features.Create(dir, info(10), sample, false))
		if w.Done() != stop {
			t.Fatalf("%d rows are done, expected %d", w.Done(), stop)
		}
		if stop < 10 {
			if err := w.Append(rows(stop, 10-stop)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Finish(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		names, _ := os.ReadDir(whole)
		for _, e := range names {
			a, b := must(os.ReadFile(filepath.Join(whole, e.Name()))), must(os.ReadFile(filepath.Join(dir, e.Name())))
			if !bytes.Equal(a, b) {
				t.Errorf("stopped after %d rows: %s differs", stop, e.Name())
			}
		}
		if now, _ := os.ReadDir(dir); len(now) != len(names) {
			t.Errorf("stopped after %d rows: %d files, expected %d", stop, len(now), len(names))
		}
	}
}

func TestRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "f")
	fill(t, dir, 4)
	if _, err := features.Create(dir, info(4), sample, false); !errors.As(err, new(*features.CompleteError)) {
		t.Errorf("complete: %v", err)
	}
	other := info(4)
	other.Normalize = true
	if _, err := features.Create(dir, other, sample, false); err == nil || !strings.Contains(err.Error(), "normalize: false, not true") {
		t.Errorf("other features: %v", err)
	}
	w, err := features.Create(dir, other, sample, true)
	if err != nil || w.Done() != 0 {
		t.Fatalf("replace: %v", err)
	}
	if _, err := features.Create(dir, other, sample, false); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("in use: %v", err)
	}
	w.Close()
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, replace := range []bool{false, true} {
		if _, err := features.Create(foreign, info(4), sample, replace); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("foreign files: %v", err)
		}
	}
	bad := info(4)
	bad.Layers[0].Name = "../x"
	if _, err := features.Create(filepath.Join(t.TempDir(), "b"), bad, sample, false); err == nil {
		t.Error("a layer with a path for a name")
	}
	dir = filepath.Join(t.TempDir(), "cut")
	fill(t, dir, 4)
	if err := os.Truncate(filepath.Join(dir, "features.npy"), 150); err != nil {
		t.Fatal(err)
	}
	if _, err := features.Open(dir); err == nil || !strings.Contains(err.Error(), "features.npy") {
		t.Errorf("a cut file: %v", err)
	}
	table := must(features.Open(whole(t)))
	defer table.Close()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	for _, f := range features.Formats() {
		if path, err := table.Export(ctx, f, nil); !errors.Is(err, stop) {
			t.Errorf("%s: %v", f, err)
		} else if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
}

func whole(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "f")
	fill(t, dir, 4)
	return dir
}

func TestSamples(t *testing.T) {
	table := must(features.Open(whole(t)))
	defer table.Close()
	s := must(table.Samples())
	defer s.Close()
	for row := range 4 {
		if got := must(s.Next()); got != sample(row) {
			t.Errorf("row %d is %+v", row, got)
		}
	}
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("after the last: %v", err)
	}
}
