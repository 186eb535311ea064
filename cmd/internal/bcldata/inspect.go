package bcldata

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/quote"
)

const inspectUsage = `Usage: bcl-data inspect [DATA] [flags]

Shows the contents of a data set: its parts, how many images each class has, which
third of the classes (Many, Medium, Few) it belongs to, the size of the images,
and the fingerprint that manifests of splits refer to. With --list, shows the
training samples that an index list chooses.

  bcl-data inspect
  bcl-data inspect cifar-100-python --list lt1.npy --json
  bcl-data inspect imagenet --train-list ImageNet_LT_train.txt \
      --test-list ImageNet_LT_test.txt
`

// report is what inspect finds; --json prints it as it is.
type report struct {
	Place string       `json:"place"`
	Kind  string       `json:"kind"`
	List  *listReport  `json:"list,omitempty"`
	Notes []string     `json:"notes,omitempty"` // what of a folder was taken for what, and left out
	Parts []partReport `json:"parts"`
}

type listReport struct {
	File    string `json:"file"`
	Indices int    `json:"indices"`
	LeftOut int    `json:"left_out,omitempty"` // of these, such as those that --holdout holds out
	SHA256  string `json:"sha256"`
}

type partReport struct {
	Name        string                  `json:"name"`
	Images      int                     `json:"images"`
	Unlabelled  int                     `json:"unlabelled"`
	Fingerprint string                  `json:"fingerprint"` // of the part, or of what the list chooses
	Sizes       []sizeReport            `json:"sizes"`
	Unreadable  int                     `json:"unreadable,omitempty"` // of the images that were looked at
	Classes     []dataset.ManifestClass `json:"classes,omitempty"`
}

// sizeReport counts the images of one size, among those that were read.
type sizeReport struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Images int `json:"images"`
}

func inspect(c *call) error {
	f := newFlags(c)
	f.otherLists()
	var list string
	var asJSON bool
	f.StringVar(&list, "list", "", "show the training samples in the index list `FILE.npy`")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	if err := f.parse(c, inspectUsage); err != nil {
		return err
	}
	place, all, err := f.openParts(c, list)
	if err != nil {
		return err
	}
	r := report{Place: place.Path, Kind: place.Kind, Notes: place.Notes}
	if list != "" {
		hash, err := dataset.FileHash(list)
		if err != nil {
			return err
		}
		indices, err := dataset.ReadIndexList(list)
		if err != nil {
			return err
		}
		r.List = &listReport{list, len(indices), len(indices) - all[0].ds.Len(), hash}
	}
	for _, p := range all {
		r.Parts = append(r.Parts, inspectPart(p))
	}
	if asJSON {
		for _, p := range r.Parts {
			for i := range p.Classes {
				p.Classes[i].Name = quote.Escape(p.Classes[i].Name)
			}
		}
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	r.print(c.out)
	return nil
}

func inspectPart(p part) partReport {
	counts, unlabelled := dataset.Counts(p.ds)
	r := partReport{Name: p.name, Images: p.ds.Len(), Unlabelled: unlabelled, Fingerprint: dataset.Fingerprint(p.ds)}
	groups := dataset.Groups(counts)
	for i, name := range p.ds.Classes() {
		r.Classes = append(r.Classes, dataset.ManifestClass{Name: name, Images: counts[i], Group: groups[i].String()})
	}
	r.Sizes, r.Unreadable = sizes(p.ds)
	return r
}

// sizes counts the sizes of a few hundred images, evenly spread, the most
// frequent first. Decoding all of a large folder is what verify is for.
func sizes(ds dataset.Dataset) (out []sizeReport, unreadable int) {
	const most = 200
	seen := map[[2]int]int{}
	for k := range min(most, ds.Len()) {
		m, err := ds.Image(k * ds.Len() / min(most, ds.Len()))
		if err != nil {
			unreadable++
			continue
		}
		seen[[2]int{m.W, m.H}]++
	}
	for size, n := range seen {
		out = append(out, sizeReport{size[0], size[1], n})
	}
	slices.SortFunc(out, func(a, b sizeReport) int {
		return cmp.Or(b.Images-a.Images, a.Width-b.Width, a.Height-b.Height)
	})
	return out, unreadable
}
