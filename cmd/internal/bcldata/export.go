package bcldata

import (
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const exportUsage = `Usage: bcl-data export [DATA] --out FOLDER [flags]

Writes the parts of a data set as FOLDER/train/CLASS/INDEX.png and so on, which
bcl-data and torchvision's ImageFolder can read.

  bcl-data export embedded --out textures --per-class 20
`

func export(c *call) error {
	f := newFlags(c)
	f.otherLists()
	var out, list string
	var overwrite bool
	var most int
	f.StringVar(&out, "out", "", "the `FOLDER` to write to")
	f.StringVar(&list, "list", "", "write only the training samples in the index list `FILE.npy`")
	f.IntVar(&most, "per-class", 0, "write at most `N` images per class in each part (default all)")
	f.BoolVar(&overwrite, "overwrite", false, "write into a folder that is not empty")
	if err := f.parse(c, exportUsage); err != nil {
		return err
	}
	if out == "" {
		return cli.Usagef("--out FOLDER is missing")
	}
	_, all, err := f.openParts(c, list)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 && !overwrite {
		return fmt.Errorf("%s: the folder is not empty", out)
	}
	for _, p := range all {
		n, err := exportPart(c, filepath.Join(out, p.name), p, most)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %d images\n", quote.Name(filepath.Join(out, p.name)), n)
	}
	return nil
}

func exportPart(c *call, dir string, p part, most int) (written int, err error) {
	classes := p.ds.Classes()
	for _, name := range classes {
		// Names come from files of others: they must not lead outside of the folder.
		if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			return 0, fmt.Errorf("class name %q cannot be the name of a folder", name)
		}
	}
	made := make(map[int]int) // images per class
	bar := cli.NewProgress(c.log, p.name, p.ds.Len())
	defer bar.Clear()
	for i := range p.ds.Len() {
		if err := c.ctx.Err(); err != nil {
			return written, err
		}
		label := p.ds.Label(i)
		if most > 0 && made[label] == most {
			continue
		}
		made[label]++
		folder := dir
		if label >= 0 {
			folder = filepath.Join(dir, classes[label])
		}
		if made[label] == 1 {
			if err := os.MkdirAll(folder, 0o777); err != nil {
				return written, err
			}
		}
		m, err := p.ds.Image(i)
		if err != nil {
			return written, err
		}
		if err := writePNG(filepath.Join(folder, fmt.Sprintf("%06d.png", i)), m); err != nil {
			return written, err
		}
		written++
		bar.Set(i+1, "")
	}
	return written, nil
}

func writePNG(path string, m *rgb.Image) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return png.Encode(w, m) })
}
