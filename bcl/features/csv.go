package features

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/bcl-go/bcl/bcl/quote"
)

// writeCSV writes row, name, class, label ("" without one), and a column for each element:
// LAYER_0, LAYER_1, ... The shortest decimals that give the same float32.
func writeCSV(w io.Writer, t *Table, progress func(rows int) error) error {
	head := []string{"row", "name", "class", "label"}
	for _, l := range t.Layers {
		for k := range l.Width {
			head = append(head, fmt.Sprintf("%s_%d", l.Name, k))
		}
	}
	c := csv.NewWriter(w)
	if err := c.Write(head); err != nil {
		return err
	}
	record := make([]string, len(head))
	err := t.each(progress, func(row int, s Sample, layers [][]float32) error {
		record[0], record[1], record[2], record[3] = strconv.Itoa(row), quote.Escape(s.Name), quote.Escape(s.Class), ""
		if s.Label >= 0 {
			record[3] = strconv.Itoa(s.Label)
		}
		at := 4
		for _, values := range layers {
			for _, v := range values {
				record[at] = strconv.FormatFloat(float64(v), 'g', -1, 32)
				at++
			}
		}
		return c.Write(record)
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}
