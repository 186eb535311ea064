package tfevents

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

func TestProjector(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	p := Projector{Name: `a "b"`, Vectors: []float32{1, 2, 3, 0.5, -1e-9, 6}, Width: 2, Columns: []string{"name", "class"}, Rows: [][]string{{"x\ty\nz", "c"}, {"1", "c"}, {"2", "d"}}, Images: []*rgb.Image{rgb.New(3, 4), rgb.New(100, 90), rgb.New(48, 48)}}
	if err := p.Write(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"tensors.tsv":            "1\t2\n3\t0.5\n-1e-09\t6\n",
		"metadata.tsv":           "name\tclass\nx y z\tc\n1\tc\n2\td\n",
		"projector_config.pbtxt": "embeddings {\n  tensor_name: \"a \\\"b\\\"\"\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n  sprite {\n    image_path: \"sprite.png\"\n    single_image_dim: 48\n    single_image_dim: 48\n  }\n}\n",
	} {
		if got := string(content(t, filepath.Join(dir, name))); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	f, err := os.Open(filepath.Join(dir, "sprite.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err := png.DecodeConfig(f); err != nil || m.Width != 96 || m.Height != 96 {
		t.Errorf("%+v, %v", m, err)
	}
	p.Columns, p.Images, p.Rows = p.Columns[:1], nil, [][]string{{"a"}, {"b"}, {"c"}}
	one := filepath.Join(t.TempDir(), "one")
	if err := p.Write(one); err != nil {
		t.Fatal(err)
	}
	if got := string(content(t, filepath.Join(one, "metadata.tsv"))); strings.Contains(got, "name") {
		t.Errorf("a single column has no title: %q", got)
	}
	p.Width = 3
	if err := p.Write(one); err == nil {
		t.Error("rows that do not fit: no error")
	}
}
