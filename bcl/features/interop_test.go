package features_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/features"
)

// TestInteropFormats reads the files with the Python of $BCL_PYTHON (make interop).
func TestInteropFormats(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make interop sets it")
	}
	dir := filepath.Join(t.TempDir(), "f")
	fill(t, dir, 5000) // some names are no UTF-8
	table := must(features.Open(dir))
	defer table.Close()
	for _, f := range features.Formats() {
		must(table.Export(context.Background(), f, nil))
	}
	script := `
import numpy, pandas, pyarrow, pyarrow.parquet, safetensors, safetensors.numpy
a = numpy.load("features.npy", mmap_mode="r")
labels = numpy.load("labels.npy")
t = safetensors.numpy.load_file("features.safetensors")
p = pyarrow.parquet.read_table("features.parquet")
c = pandas.read_csv("features.csv", keep_default_na=False)
names = pandas.read_csv("samples.csv", dtype=str, keep_default_na=False)
assert a.shape == (5000, 3) and a.dtype == numpy.float32
assert (t["features"] == a).all() and (t["labels"] == labels).all()
flat = p["features"].combine_chunks()
assert (numpy.asarray(flat.flatten()).reshape(-1, 3) == a).all()
assert p["label"].null_count == 1666 and p["name"].to_pylist() == names["name"].tolist() == c["name"].tolist()
assert [v if v is not None else -1 for v in p["label"].to_pylist()] == labels.tolist()
assert (c[["features_0", "features_1", "features_2"]].to_numpy(numpy.float32) == a).all()
d = pandas.read_parquet("features.parquet")
assert (numpy.stack(d["features"]) == a).all()
print("read:", *(f"{m.__name__} {m.__version__}" for m in (numpy, pandas, pyarrow, safetensors)))
`
	command := exec.Command(python, "-c", script)
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "read: numpy") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
