package bcldata

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/verify"
)

const verifyUsage = `Usage: bcl-data verify [DATA] [flags]

Decodes every image of a data set, and lists those that cannot be read with the
reason, and those that are damaged, but read all the same. The exit status is 1 if
any cannot be read.

  bcl-data verify photos
`

func verifyImages(c *call) error {
	f := newFlags(c)
	f.otherLists()
	var list string
	var skip bool
	var workers int
	f.StringVar(&list, "list", "", "check only the training samples in the index list `FILE.npy`")
	f.BoolVar(&skip, "skip-broken", false, "succeed if each part has at least one image that can be read")
	f.IntVar(&workers, "workers", 0, "decode `N` images at a time (default: one per processor)")
	if err := f.parse(c, verifyUsage); err != nil {
		return err
	}
	_, all, err := f.openParts(c, list)
	if err != nil {
		return err
	}
	bad, hint, read := 0, "", map[string]bool{}
	for _, p := range all {
		progress, clear := cli.Bar(c.log, p.name)
		err := dataset.Verify(c.ctx, p.ds, dataset.VerifyOptions{Workers: workers, Progress: progress, Read: read})
		clear()
		var broken *dataset.BrokenError
		if err != nil && !errors.As(err, &broken) {
			return err
		}
		damaged := f.damage.Lines()
		for _, line := range damaged {
			fmt.Fprintln(c.out, "damaged, but read as Pillow reads it:", line)
		}
		n := 0
		if broken != nil {
			n = len(broken.Broken)
			hint = cmp.Or(hint, verify.Large(broken))
			for _, b := range broken.Broken {
				fmt.Fprintf(c.out, "broken: %v\n", b.Err)
			}
		}
		fmt.Fprintf(c.out, "%s: %d of %d images are good\n", p.name, p.ds.Len()-n-len(damaged), p.ds.Len())
		bad += n
		if skip && n == p.ds.Len() {
			return fmt.Errorf("no image of part %s can be read", p.name)
		}
	}
	if bad > 0 && !skip {
		return fmt.Errorf("images that cannot be read: %d (--skip-broken of bcl-train and bcl-eval skips them)%s", bad, hint)
	}
	return nil
}
