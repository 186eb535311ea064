package bclreport

import (
	"github.com/bcl-go/bcl/bcl/report"
	"github.com/bcl-go/bcl/bcl/tfevents"
)

// project writes the features for TensorBoard's projector, if that was asked for.
func (o *options) project(r *report.Run) error {
	if o.projector == "" {
		return nil
	}
	f := r.Features
	p := tfevents.Projector{Name: r.Name, Vectors: f.Features, Width: f.Width, Columns: []string{"name"}, Images: f.Images}
	if r.Labels != nil {
		p.Columns = append(p.Columns, "class")
	}
	if r.Memory != nil {
		p.Columns = append(p.Columns, "weight")
	}
	for _, row := range f.Rows {
		p.Rows = append(p.Rows, r.Describe(row))
	}
	return p.Write(o.projector)
}
