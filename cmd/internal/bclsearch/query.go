package bclsearch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const queryUsage = `Usage: bcl-search query INDEX IMAGE... [flags]
       bcl-search query INDEX --id ID,...
       bcl-search query INDEX --features DIR

Finds the items most similar to images, which the network of the index embeds first; to
items of the index, by their ids; or to the rows of a folder of features. An index that
bcl-search evaluate calibrated says which nearest items are a match.

  bcl-search query index cat.jpg dog.jpg -k 5
  bcl-search query index --id 17 --html page.html     with pictures
`

// Answer is what was found for a query.
type Answer struct {
	Query string `json:"query"`
	Match *bool  `json:"match,omitempty"` // the nearest is similar enough; absent without calibration
	Hits  []Hit  `json:"hits"`
	id    int64  // of a query that is an item; -1
}

// Hit is an item that was found.
type Hit struct {
	ID         int64   `json:"id"`
	Similarity float32 `json:"similarity"`
	Name       string  `json:"name"`
	Class      string  `json:"class,omitempty"`
}

// finder finds neighbours.
type finder struct {
	c               *call
	x               *search.Index
	k, probe        int
	checkpoint, dev string
	data            string
	threads         int
	images          dataset.Dataset // of the index; nil: not to be had
	without         error           // why
}

func query(c *call) error {
	f := cli.NewFlags(c.name)
	s := &finder{c: c}
	f.IntVarP(&s.k, "k", "k", 10, "neighbours")
	f.IntVar(&s.probe, "nprobe", 0, "lists that are searched: more find more, and take longer; 0: the index's default")
	ids := f.StringSlice("id", nil, "neighbours of items, by their `IDS`")
	dir := f.String("features", "", "neighbours of the rows of a `DIR` of features")
	asJSON := f.Bool("json", false, "write JSON instead of the table")
	page := f.String("html", "", "write a page with pictures to `FILE`.html")
	force := f.Bool("force", false, "replace that file")
	s.flags(f)
	args, err := c.parse(f, queryUsage, 1, -1, "INDEX and images")
	if err != nil {
		return err
	}
	kinds := 0
	for _, there := range []bool{len(args) > 1, len(*ids) > 0, *dir != ""} {
		if there {
			kinds++
		}
	}
	if kinds != 1 || s.k < 1 || s.probe < 0 {
		return cli.Usagef("expected images, --id or --features, one of them, and -k of at least 1")
	}
	if *page != "" {
		if err := cli.CheckOut(*page, *force); err != nil {
			return err
		}
	}
	if _, err := device.Parse(s.dev, f.Changed("device")); err != nil { // before anything else
		return err
	}
	if err := torch.SetNumThreads(s.threads); err != nil {
		return err
	}
	if s.x, err = search.Open(args[0]); err != nil {
		return err
	}
	var answers []Answer
	var queries dataset.Dataset
	switch {
	case len(*ids) > 0:
		var list []int64
		if list, err = numbers(*ids); err == nil {
			answers, err = s.items(list)
		}
	case *dir != "":
		answers, err = s.folder(*dir)
	default:
		queries = files(args[1:])
		answers, err = s.pictures(queries)
	}
	if err != nil {
		return err
	}
	if *page != "" {
		err := atomicfile.WriteFile(*page, func(w io.Writer) error { return s.page(w, answers, queries, "") })
		if err != nil {
			return err
		}
		if s.without != nil {
			fmt.Fprintf(c.log, "%s: no pictures of items: %s\n", c.name, quote.Text(s.without.Error()))
		}
	}
	if *asJSON {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(escape(answers))
	}
	return s.table(answers)
}

// escape returns answers as JSON can have them.
func escape(answers []Answer) (out []Answer) {
	for _, a := range answers {
		a.Query, a.Hits = quote.Escape(a.Query), slices.Clone(a.Hits)
		for i, h := range a.Hits {
			a.Hits[i].Name, a.Hits[i].Class = quote.Escape(h.Name), quote.Escape(h.Class)
		}
		out = append(out, a)
	}
	return out
}

// find searches, and names what was found. Of a query that is an item, itself is left out.
func (s *finder) find(queries []float32, names []string, self []int64) (answers []Answer, err error) {
	k := s.k
	if self != nil {
		k++
	}
	found, err := s.x.Search(s.c.ctx, queries, k, s.probe)
	if err != nil {
		return nil, err
	}
	for i, hits := range found {
		a := Answer{Query: names[i], Hits: []Hit{}, id: -1}
		if self != nil {
			a.id = self[i]
		}
		for _, h := range hits {
			if h.ID != a.id && len(a.Hits) < s.k {
				item := s.x.Items[h.ID]
				a.Hits = append(a.Hits, Hit{h.ID, h.Similarity, item.Name, item.Class})
			}
		}
		if m := s.x.Match; m != nil {
			match := len(a.Hits) > 0 && a.Hits[0].Similarity >= m.Threshold
			a.Match = &match
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// items finds neighbours of items.
func (s *finder) items(ids []int64) ([]Answer, error) {
	x, err := s.x.Vectors(ids...)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, id := range ids {
		names = append(names, s.x.Items[id].Name)
	}
	return s.find(x, names, ids)
}

// folder finds neighbours of all rows of a folder of features.
func (s *finder) folder(dir string) (answers []Answer, err error) {
	v, items, err := openVectors(dir, s.x.Layer)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	if v.width() != s.x.Width || v.SHA256 != s.x.SHA256 {
		return nil, fmt.Errorf("%s is of other weights than the index, or another width", quote.Name(dir))
	}
	const rows = 4096
	for lo := 0; lo < len(items); lo += rows {
		n := min(rows, len(items)-lo)
		x, names := make([]float32, n*s.x.Width), make([]string, n)
		if err := v.Floats(x, lo); err != nil {
			return nil, err
		}
		for i := range names {
			names[i] = items[lo+i].Name
		}
		part, err := s.find(x, names, nil)
		if err != nil {
			return nil, err
		}
		answers = append(answers, part...)
	}
	return answers, nil
}

// pictures finds neighbours of images.
func (s *finder) pictures(ds dataset.Dataset) ([]Answer, error) {
	info, err := s.info()
	if err != nil {
		return nil, err
	}
	x, err := bcleval.Vectors(s.c.ctx, info, s.x.Layer, ds, s.dev, s.threads)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (--run says where the network is now)", err)
	}
	if err != nil {
		return nil, err
	}
	names := make([]string, ds.Len())
	for i := range names {
		names[i] = ds.Name(i)
	}
	return s.find(x, names, nil)
}

// table writes a line for each hit.
func (s *finder) table(answers []Answer) error {
	w := tabwriter.NewWriter(s.c.out, 0, 0, 2, ' ', 0)
	for _, a := range answers {
		verdict := ""
		if a.Match != nil && !*a.Match {
			verdict = ": no match"
		} else if a.Match != nil {
			verdict = ": a match"
		}
		fmt.Fprintf(w, "%s%s\n", quote.Name(a.Query), verdict)
		for _, h := range a.Hits {
			fmt.Fprintf(w, "  %.4f\t%d\t%s\t%s\n", h.Similarity, h.ID, quote.Name(h.Class), quote.Name(h.Name))
		}
	}
	return w.Flush()
}
