package bcldata

import (
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const exportUsage = `Usage: bcl-data export [DATA] --out FOLDER [flags]

Writes the parts of a data set as FOLDER/train/CLASS/INDEX.png and so on, which
bcl-data and torchvision's ImageFolder can read.

  bcl-data export embedded --out textures --per-class 20
  bcl-data export photos --out photos-128 --size 128    small copies
`

// exporter is what export does with each part.
type exporter struct {
	*call
	perClass int  // most images per class, 0: all
	size     int  // of the shorter side, 0: as it is
	skip     bool // images that cannot be read
}

func export(c *call) error {
	f := newFlags(c)
	f.otherLists()
	x := exporter{call: c}
	var out, list string
	var overwrite bool
	f.StringVar(&out, "out", "", "the `FOLDER` to write to")
	f.StringVar(&list, "list", "", "write only the training samples in the index list `FILE.npy`")
	f.IntVar(&x.perClass, "per-class", 0, "write at most `N` images per class in each part (default all)")
	f.IntVar(&x.size, "size", 0, "shrink images whose shorter side has more `PIXELS` to that (bilinear, as torchvision's Resize); smaller ones stay (default: none is shrunk)")
	f.BoolVar(&x.skip, "skip-broken", false, "skip images that cannot be read, and name them")
	f.BoolVar(&overwrite, "overwrite", false, "write into a folder that is not empty")
	if err := f.parse(c, exportUsage); err != nil {
		return err
	}
	switch {
	case out == "":
		return cli.Usagef("--out FOLDER is missing")
	case x.size < 0:
		return cli.Usagef("--size is %d, expected at least 1, such as 128", x.size)
	case x.perClass < 0:
		return cli.Usagef("--per-class is %d, expected at least 1, or 0 for all", x.perClass)
	}
	_, all, err := f.openParts(c, list)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 && !overwrite {
		return fmt.Errorf("%s: the folder is not empty", quote.Name(out))
	}
	for _, p := range all {
		dir := filepath.Join(out, p.name)
		written, skipped, err := x.part(dir, p)
		if err != nil {
			return err
		}
		for _, err := range skipped {
			fmt.Fprintf(c.log, "skipped: %v\n", err)
		}
		fmt.Fprintf(c.out, "%s: %d images\n", quote.Name(dir), written)
	}
	return nil
}

// part writes the images of p, as many at a time as there are processors. Skipped are the
// images that cannot be read.
func (x *exporter) part(dir string, p part) (written int, skipped []error, err error) {
	folders, todo, err := x.plan(dir, p)
	if err != nil {
		return 0, nil, err
	}
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return 0, nil, err
		}
	}
	bar := cli.NewProgress(x.log, p.name, len(todo))
	defer bar.Clear()
	workers, ctx := errgroup.WithContext(x.ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex // of all below
	failed := make(map[int]error)
	for _, i := range todo {
		if ctx.Err() != nil {
			break
		}
		workers.Go(func() error {
			m, broken := p.ds.Image(i)
			if broken == nil {
				err := x.write(filepath.Join(folders[p.ds.Label(i)], fmt.Sprintf("%06d.png", i)), m)
				if err != nil {
					return err
				}
			} else if !x.skip {
				return fmt.Errorf("%w\n(--skip-broken skips such images)", broken)
			}
			mu.Lock()
			defer mu.Unlock()
			if broken != nil {
				failed[i] = broken
			} else {
				written++
			}
			bar.Set(written+len(failed), "")
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return written, nil, err
	}
	for _, i := range todo {
		if err := failed[i]; err != nil {
			skipped = append(skipped, err)
		}
	}
	return written, skipped, x.ctx.Err()
}

// plan returns the folder of each label, -1 that of images without one, and the samples to
// write.
func (x *exporter) plan(dir string, p part) (folders map[int]string, todo []int, err error) {
	folders = make(map[int]string)
	classes := p.ds.Classes()
	for _, name := range classes {
		// Names come from files of others: they must not lead outside of the folder.
		if !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			return nil, nil, fmt.Errorf("class name %q cannot be the name of a folder", name)
		}
	}
	made := make(map[int]int) // images per class
	for i := range p.ds.Len() {
		label := p.ds.Label(i)
		if x.perClass > 0 && made[label] == x.perClass {
			continue
		}
		if made[label]++; made[label] == 1 {
			folders[label] = dir
			if label >= 0 {
				folders[label] = filepath.Join(dir, classes[label])
			}
		}
		todo = append(todo, i)
	}
	return folders, todo, nil
}

// write writes m, shrunk if it is larger than asked for.
func (x *exporter) write(path string, m *rgb.Image) error {
	if short := min(m.W, m.H); x.size > 0 && short > x.size {
		var r augment.Resizer
		var small rgb.Image
		w, h := augment.Shorter(m.W, m.H, x.size)
		r.Resize(&small, m, w, h, augment.Bilinear)
		m = &small
	}
	return atomicfile.WriteFile(path, func(w io.Writer) error { return png.Encode(w, m) })
}
