// Command parity compares package augment with an installed Pillow and
// torchvision, byte by byte, on random images and parameters:
//
//	go run ./bcl/augment/internal/parity -python /path/to/python -n 2000
//
// It prints a table and exits with 1 if any byte differs that the table does not excuse.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/augment/internal/opcall"
	"github.com/bcl-go/bcl/bcl/internal/peer"
	"github.com/bcl-go/bcl/bcl/rgb"
)

func main() {
	python := flag.String("python", "python3", "interpreter with Pillow and torchvision")
	script := flag.String("script", "bcl/augment/internal/parity/peer.py", "path of peer.py")
	only := flag.String("only", "", "operations whose names contain this")
	n := flag.Int("n", 1000, "cases per operation")
	seed := flag.Uint64("seed", 1, "seed of images and parameters")
	flag.Parse()
	if err := run(*python, *script, *only, *n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "parity:", err)
		os.Exit(1)
	}
}

func run(python, script, only string, n int, seed uint64) error {
	program, err := peer.Start(python, script)
	if err != nil {
		return err
	}
	defer program.Close()
	p := pillow{program}
	versions, err := p.versions()
	if err != nil {
		return err
	}
	fmt.Println("peer:", versions)

	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer out.Flush()
	fmt.Fprintln(out, "operation\tcases\tunequal cases\tbytes\tunequal bytes\tlargest difference\tmay differ, as\t")
	failed := 0
	report := func(name, excuse string, s score) {
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t\n", name, s.cases, s.badCases, s.bytes, s.badBytes, s.largest, excuse)
		if excuse == "" {
			failed += s.badCases
		}
	}
	for _, g := range generators {
		if !strings.Contains(g.op, only) {
			continue
		}
		r := rand.New(rand.NewPCG(seed, 0))
		var s score
		for range n {
			src := randomImage(r)
			if err := p.compare(&s, g.op, src, g.args(r, src)); err != nil {
				return err
			}
		}
		report(g.op, g.excuse, s)
	}
	if strings.Contains("hue", only) {
		var s score
		for _, shift := range []float64{-0.5, -0.1, 0, 0.05, 0.33} {
			if err := p.compare(&s, "hue", allColours(), []float64{shift}); err != nil {
				return err
			}
		}
		report("hue of all 2^24 colours", "", s)
	}
	if failed > 0 {
		return fmt.Errorf("%d cases differ", failed)
	}
	return nil
}

// score counts the differences of one operation.
type score struct {
	cases, badCases, bytes, badBytes, largest int
}

// compare runs one case on both sides and adds the differences to s.
func (p pillow) compare(s *score, op string, src *rgb.Image, args []float64) error {
	want, err := p.call(op, src, args)
	if err != nil {
		return fmt.Errorf("%s%v of %dx%d: %w", op, args, src.W, src.H, err)
	}
	got, err := opcall.Call(op, src, args)
	if err != nil {
		return err
	}
	s.cases++
	s.bytes += len(want.Pix)
	bad := 0
	if got.W != want.W || got.H != want.H {
		bad, s.largest = len(want.Pix), 255
	} else {
		for i, v := range want.Pix {
			if d := max(v, got.Pix[i]) - min(v, got.Pix[i]); d > 0 {
				bad++
				s.largest = max(s.largest, int(d))
			}
		}
	}
	if bad > 0 {
		if s.badCases == 0 {
			fmt.Fprintf(os.Stderr, "first difference: %s%v of %dx%d: %d bytes\n", op, args, src.W, src.H, bad)
		}
		s.badCases++
		s.badBytes += bad
	}
	return nil
}
