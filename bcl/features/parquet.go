package features

import (
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/bcl-go/bcl/bcl/quote"
)

// groupBytes is about how much of the vectors a row group has, and so the memory of writing
// and of reading by other programs.
const groupBytes = 16 << 20

// writeParquet writes the columns row (int64), name, class and label (null without one),
// and for each layer a list of float32.
func writeParquet(w io.Writer, t *Table, progress func(rows int) error) error {
	fields := parquet.Group{
		"row":   parquet.Int(64),
		"name":  parquet.String(),
		"class": parquet.Optional(parquet.String()),
		"label": parquet.Optional(parquet.Int(64)),
	}
	perRow := 0
	for _, l := range t.Layers {
		fields[l.Name] = parquet.List(parquet.Leaf(parquet.FloatType))
		perRow += 4 * l.Width
	}
	schema := parquet.NewSchema("features", fields)
	layer := map[string]int{}
	for i, l := range t.Layers {
		layer[l.Name] = i
	}
	columns := schema.Columns() // sorted by name
	out := parquet.NewGenericWriter[any](w, schema)
	row := make(parquet.Row, 0, 4+perRow/4)
	err := t.each(progress, func(n int, s Sample, layers [][]float32) error {
		row = row[:0]
		for at, path := range columns {
			null := parquet.NullValue().Level(0, 0, at)
			switch name := path[0]; {
			case name == "row":
				row = append(row, parquet.Int64Value(int64(n)).Level(0, 0, at))
			case name == "name":
				row = append(row, text(s.Name).Level(0, 0, at))
			case s.Label < 0 && (name == "class" || name == "label"):
				row = append(row, null)
			case name == "class":
				row = append(row, text(s.Class).Level(0, 1, at))
			case name == "label":
				row = append(row, parquet.Int64Value(int64(s.Label)).Level(0, 1, at))
			default:
				for k, v := range layers[layer[name]] {
					row = append(row, parquet.FloatValue(v).Level(min(k, 1), 1, at))
				}
			}
		}
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
		if (n+1)%max(1024, groupBytes/perRow) == 0 {
			return out.Flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// text is a name in UTF-8.
func text(s string) parquet.Value { return parquet.ByteArrayValue([]byte(quote.Escape(s))) }
