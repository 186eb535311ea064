package bclsearch

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// tile is an image on the page.
type tile struct {
	URL        template.URL // "" without an image
	Name, Text string
	Link       string // of a page that is served
}

// strip is a query with what was found.
type strip struct {
	Query   tile
	Verdict string
	Hits    []tile
}

// page writes a page with the images of queries and items. queries are those of answers;
// nil: these are items of the index. base is the address of served pages, "" for a file,
// which has no links.
func (s *finder) page(w io.Writer, answers []Answer, queries dataset.Dataset, base string) error {
	if s.images == nil && s.without == nil {
		s.images, s.without = s.place()
	}
	without := ""
	if s.without != nil {
		without = s.without.Error()
	}
	var strips []strip
	for i, a := range answers {
		one := strip{Query: tile{Name: a.Query, Text: a.Query}}
		switch {
		case queries != nil:
			m, err := queries.Image(i)
			if err == nil {
				one.Query.URL, err = thumbnail(m)
			}
			if err != nil {
				return err
			}
		case a.id >= 0:
			one.Query.URL = s.picture(a.id)
		}
		if a.Match != nil {
			one.Verdict = map[bool]string{true: "a match", false: "no match"}[*a.Match]
		}
		for _, h := range a.Hits {
			t := tile{URL: s.picture(h.ID), Name: h.Name, Text: fmt.Sprintf("%.3f %s", h.Similarity, h.Class)}
			if base != "" {
				t.Link = fmt.Sprintf("%s?id=%d", base, h.ID)
			}
			one.Hits = append(one.Hits, t)
		}
		strips = append(strips, one)
	}
	return pageTemplate.Execute(w, struct {
		Index  string
		Strips []strip
		Serve  bool
		// Why there are no images of items; "": there are.
		Without string
	}{describe(s.x), strips, base != "", without})
}

// picture is the thumbnail of an item; "" if its image cannot be had, as of one added later.
func (s *finder) picture(id int64) template.URL {
	if s.images == nil || id >= int64(s.images.Len()) || s.images.Name(int(id)) != s.x.Items[id].Name {
		return ""
	}
	m, err := s.images.Image(int(id))
	if err != nil {
		return ""
	}
	url, err := thumbnail(m)
	if err != nil {
		return ""
	}
	return url
}
