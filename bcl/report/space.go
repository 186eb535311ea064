package report

import "html/template"

// scene is a map of features.
type scene struct {
	Data             string
	Layouts, Colours []string
	Text             string
	Sprite           template.URL
}

func (p *pageData) images() section { return section{} }
func (p *pageData) space() section  { return section{} }
