package tfevents

import (
	"bufio"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Projector is what TensorBoard's embedding projector shows.
type Projector struct {
	Name    string
	Vectors []float32 // N x Width
	Width   int
	Columns []string     // what is known of each vector: at least one
	Rows    [][]string   // N x Columns
	Images  []*rgb.Image // of each; nil: none
}

// side of an image in the projector's sheet, in pixels.
const side = 48

// Write writes tensors.tsv, metadata.tsv, sprite.png and projector_config.pbtxt into a folder,
// which it makes; "tensorboard --logdir DIR" shows them. Files of these names are replaced.
func (p Projector) Write(dir string) error {
	n := len(p.Rows)
	if n == 0 || len(p.Vectors) != n*p.Width || len(p.Columns) == 0 || p.Images != nil && len(p.Images) != n {
		return fmt.Errorf("%d rows, %d values of %d, %d columns and %d images do not fit", n, len(p.Vectors), p.Width, len(p.Columns), len(p.Images))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	config := fmt.Sprintf("embeddings {\n  tensor_name: %q\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n", plain(p.Name))
	if p.Images != nil {
		config += fmt.Sprintf("  sprite {\n    image_path: \"sprite.png\"\n    single_image_dim: %d\n    single_image_dim: %d\n  }\n", side, side)
	}
	files := []struct {
		name  string
		write func(w io.Writer) error
	}{
		{"tensors.tsv", p.writeVectors},
		{"metadata.tsv", p.writeRows},
		{"sprite.png", p.writeImages},
		{"projector_config.pbtxt", func(w io.Writer) error {
			_, err := io.WriteString(w, config+"}\n")
			return err
		}},
	}
	for _, f := range files {
		if f.name == "sprite.png" && p.Images == nil {
			continue
		}
		if err := atomicfile.WriteFile(filepath.Join(dir, f.name), f.write); err != nil {
			return err
		}
	}
	return nil
}

func (p Projector) writeVectors(to io.Writer) error {
	w := bufio.NewWriter(to)
	var b []byte
	for i, v := range p.Vectors {
		b = strconv.AppendFloat(b[:0], float64(v), 'g', 6, 32)
		end := byte('\t')
		if (i+1)%p.Width == 0 {
			end = '\n'
		}
		w.Write(append(b, end))
	}
	return w.Flush()
}

// writeRows writes the metadata; a single column has no title.
func (p Projector) writeRows(to io.Writer) error {
	w := bufio.NewWriter(to)
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				w.WriteByte('\t')
			}
			w.WriteString(plain(c))
		}
		w.WriteByte('\n')
	}
	if len(p.Columns) > 1 {
		line(p.Columns)
	}
	for _, r := range p.Rows {
		line(r)
	}
	return w.Flush()
}

// plain replaces what would break a row.
func plain(s string) string {
	return quote.Escape(strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(s))
}

// writeImages writes the sheet of images, a square of rows as the projector expects.
func (p Projector) writeImages(w io.Writer) error {
	columns := 1
	for columns*columns < len(p.Images) {
		columns++
	}
	sheet, one := rgb.New(columns*side, columns*side), make([]byte, side*side*3)
	worker := (&augment.Pipeline{Size: side}).NewWorker()
	for k, m := range p.Images {
		worker.Plain(one, m, side)
		x, y := k%columns*side, k/columns*side
		for row := range side {
			copy(sheet.Pix[3*((y+row)*sheet.W+x):], one[3*row*side:3*(row+1)*side])
		}
	}
	return png.Encode(w, sheet)
}
