package bclsearch

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/search"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

const evaluateUsage = `Usage: bcl-search evaluate INDEX FEATURES [flags]

Measures retrieval with the labelled rows of a folder of features as queries, such as
those of the test images (bcl-eval embed --part test): R@k, queries with an item of their
class among the first k; P@k, items of their class among the first k; mAP@k. Over all
queries and over Many, Medium and Few: thirds of the classes by their items in the index.

--calibrate finds from which similarity on a nearest item counts as a match, with the
best F1 or, with --precision, the largest recall, and records it in the index.
`

// measured is the result for a k.
type measured struct {
	K      int                        `json:"k"`
	All    score.Retrieval            `json:"all"`
	Groups map[string]score.Retrieval `json:"groups"`
}

func evaluate(c *call) error {
	f := cli.NewFlags(c.name)
	s := &finder{c: c}
	ks := f.IntSlice("k", []int{1, 5, 10}, "numbers of neighbours")
	f.IntVar(&s.probe, "nprobe", 0, "lists that are searched; 0: the index's default")
	rule := f.String("groups", string(score.Thirds), "Many, Medium, Few: thirds of the classes, or counts (above 100, 20 to 100, below 20 items)")
	calibrate := f.Bool("calibrate", false, "record from which similarity on the nearest item is a match")
	precision := f.Float64("precision", 0, "for --calibrate: least precision; 0: the best F1")
	threads := f.Int("threads", 0, "CPU threads; 0: one per core")
	asJSON := f.Bool("json", false, "write JSON instead of the table")
	args, err := c.parse(f, evaluateUsage, 2, 2, "INDEX FEATURES")
	if err != nil {
		return err
	}
	switch {
	case len(*ks) == 0 || slices.Min(*ks) < 1:
		return cli.Usagef("--k is %v, expected numbers of at least 1", *ks)
	case !slices.Contains(score.GroupRules(), score.GroupRule(*rule)):
		return cli.Usagef("--groups is %q, expected %s or %s", *rule, score.Thirds, score.CountLimits)
	case *precision != 0 && !*calibrate:
		return cli.Usagef("--precision does nothing without --calibrate")
	case !(*precision >= 0 && *precision <= 1):
		return cli.Usagef("--precision is %v, expected 0 to 1", *precision)
	}
	if err := torch.SetNumThreads(*threads); err != nil {
		return err
	}
	if s.x, err = search.Open(args[0]); err != nil {
		return err
	}
	s.k = slices.Max(*ks)
	v, items, err := openVectors(args[1], s.x.Layer)
	if err != nil {
		return err
	}
	v.Close()
	answers, err := s.folder(args[1])
	if err != nil {
		return err
	}
	if err := apart(answers, items, args[1]); err != nil {
		return err
	}
	class, found, pairs := make([]string, len(items)), make([][]string, len(items)), []search.Answer{}
	for i, a := range answers {
		class[i] = items[i].Class
		for _, h := range a.Hits {
			found[i] = append(found[i], h.Class)
		}
		if class[i] != "" && len(a.Hits) > 0 {
			pairs = append(pairs, search.Answer{Similarity: a.Hits[0].Similarity, Right: a.Hits[0].Class == class[i]})
		}
	}
	if len(pairs) == 0 {
		return fmt.Errorf("%s has no labelled rows: retrieval is measured by classes", args[1])
	}
	relevant, groups, err := s.classes(score.GroupRule(*rule))
	if err != nil {
		return err
	}
	var results []measured
	for _, k := range *ks {
		all, by, err := score.RetrieveGroups(class, found, relevant, k, groups)
		if err != nil {
			return err
		}
		m := measured{k, all, map[string]score.Retrieval{}}
		for g, name := range score.GroupNames {
			m.Groups[name] = by[g]
		}
		results = append(results, m)
	}
	var match *search.Match
	if *calibrate {
		m, err := search.Calibrate(pairs, *precision)
		if err != nil {
			return err
		}
		if err := s.x.SetMatch(m); err != nil {
			return err
		}
		match = &m
	}
	if *asJSON {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"retrieval": results, "match": match})
	}
	return writeMeasured(c.out, results, match)
}

// apart returns an error if queries are items of the index: each would find itself, and all
// measures would be too good.
func apart(answers []Answer, queries []search.Item, dir string) error {
	n := 0
	for i, a := range answers {
		if len(a.Hits) > 0 && a.Hits[0].Similarity > 0.9999 && (search.Item{Name: a.Hits[0].Name, Class: a.Hits[0].Class}) == queries[i] {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%d of the %d queries of %s are items of the index, and find themselves: expected images that it does not have, such as those of bcl-eval embed --part test", n, len(queries), quote.Name(dir))
	}
	return nil
}

// classes returns the items of each class that can be found, and the classes of each group.
func (s *finder) classes(rule score.GroupRule) (relevant map[string]int, groups [3][]string, err error) {
	relevant = s.x.Classes()
	delete(relevant, "")
	var names []string
	for name := range relevant {
		names = append(names, name)
	}
	slices.Sort(names)
	var counts []int
	for _, name := range names {
		counts = append(counts, relevant[name])
	}
	if len(counts) == 0 {
		return nil, groups, fmt.Errorf("the index has no classes: retrieval is measured by them")
	}
	of, err := rule.Groups(counts)
	for g, classes := range of {
		for _, class := range classes {
			groups[g] = append(groups[g], names[class])
		}
	}
	return relevant, groups, err
}

func writeMeasured(out io.Writer, results []measured, match *search.Match) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "k\tqueries\tR@k\tP@k\tmAP@k\t")
	for _, g := range score.GroupNames {
		fmt.Fprintf(w, "R@k %s\tmAP@k %[1]s\t", g)
	}
	fmt.Fprintln(w)
	for _, m := range results {
		fmt.Fprintf(w, "%d\t%d\t%v\t%v\t%v\t", m.K, m.All.Queries, m.All.Recall, m.All.Precision, m.All.MAP)
		for _, g := range score.GroupNames {
			fmt.Fprintf(w, "%v\t%v\t", m.Groups[g].Recall, m.Groups[g].MAP)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil || match == nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\na match: similarity from %.4f on (precision %.2f %%, recall %.2f %%, F1 %.3f on %d queries)\n", match.Threshold, 100*match.Precision, 100*match.Recall, match.F1, match.Queries)
	return err
}
