package bcldata

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
)

// print writes r for people.
func (r *report) print(out io.Writer) {
	fmt.Fprintf(out, "%s (%s)\n", quote.Name(r.Place), r.Kind)
	if r.List != nil {
		left := ""
		if n := r.List.LeftOut; n > 0 {
			left = fmt.Sprintf(", of which %d are left out", n)
		}
		fmt.Fprintf(out, "list %s: %d indices%s, sha256 %s\n", quote.Name(r.List.File), r.List.Indices, left, r.List.SHA256)
	}
	for _, p := range r.Parts {
		p.print(out)
	}
}

func (p *partReport) print(out io.Writer) {
	labels := count(len(p.Classes), "class")
	switch {
	case p.Unlabelled == p.Images:
		labels = "unlabelled"
	case p.Unlabelled > 0:
		labels += fmt.Sprintf(", %d unlabelled", p.Unlabelled)
	}
	fmt.Fprintf(out, "\n%s: %s, %s\n", p.Name, count(p.Images, "image"), labels)
	if len(p.Sizes) > 0 {
		fmt.Fprintf(out, "  pixels       %s\n", p.pixels())
	}
	if p.Unreadable > 0 {
		fmt.Fprintf(out, "  unreadable   %d of the images looked at (bcl-data verify names all such images)\n", p.Unreadable)
	}
	fmt.Fprintf(out, "  fingerprint  %s\n", p.Fingerprint)
	if len(p.Classes) == 0 {
		return
	}
	sorted := slices.Clone(p.Classes)
	slices.SortStableFunc(sorted, func(a, b dataset.ManifestClass) int { return cmp.Compare(b.Images, a.Images) })
	most, least := sorted[0].Images, sorted[len(sorted)-1].Images
	if most == least {
		fmt.Fprintf(out, "  balanced     %s per class\n", count(most, "image"))
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "  class\timages\tgroup\t")
	for _, c := range sorted {
		fmt.Fprintf(w, "  %s\t%d\t%s\t\n", quote.Name(c.Name), c.Images, c.Group)
	}
	w.Flush()
	for _, g := range []dataset.Group{dataset.Many, dataset.Medium, dataset.Few} {
		var sizes []int // of its classes
		images := 0
		for _, c := range sorted {
			if c.Group == g.String() {
				sizes = append(sizes, c.Images)
				images += c.Images
			}
		}
		if n := len(sizes); n > 0 {
			fmt.Fprintf(out, "  %-6s  %s of %d to %s, %d in total\n", g, count(n, "class"), sizes[0], count(sizes[n-1], "image"), images)
		}
	}
}

// pixels summarises the sizes of the images read.
func (p *partReport) pixels() string {
	if len(p.Sizes) == 1 {
		return fmt.Sprintf("%d x %d", p.Sizes[0].Width, p.Sizes[0].Height)
	}
	var widths, heights []int
	total := 0
	for _, s := range p.Sizes {
		widths, heights = append(widths, s.Width), append(heights, s.Height)
		total += s.Images
	}
	return fmt.Sprintf("%d to %d wide, %d to %d high (of %s read)",
		slices.Min(widths), slices.Max(widths), slices.Min(heights), slices.Max(heights), count(total, "image"))
}

// count is a number of classes or images in words.
func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case what == "class":
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}
