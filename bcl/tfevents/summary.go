package tfevents

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// value writes an event with one value of a summary, whose content add adds to it.
func (w *Writer) value(step int64, tag string, add func(v *message)) error {
	var value, summary message
	value.bytes(1, []byte(tag))
	add(&value)
	summary.bytes(1, value)
	event := w.event(step)
	event.bytes(5, summary)
	return w.write(event)
}

// Scalar writes a number.
func (w *Writer) Scalar(step int64, tag string, v float64) error {
	return w.value(step, tag, func(m *message) { m.float(2, float32(v)) })
}

// Histogram writes how values are distributed over buckets of one width between the lowest
// and the highest, which must be finite.
func (w *Writer) Histogram(step int64, tag string, values []float64, buckets int) error {
	if len(values) == 0 || buckets < 1 {
		return fmt.Errorf("histogram %s of %d values in %d buckets, expected at least one each", tag, len(values), buckets)
	}
	lo, hi := slices.Min(values), slices.Max(values)
	if math.IsNaN(lo) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return fmt.Errorf("histogram %s has values from %v to %v, expected finite ones", tag, lo, hi)
	}
	width := (hi - lo) / float64(buckets)
	if width == 0 {
		buckets, width = 1, math.Max(math.Abs(hi)*1e-6, 1e-12)
	}
	counts := make([]float64, buckets)
	sum, squares := 0.0, 0.0
	for _, v := range values {
		counts[min(int((v-lo)/width), buckets-1)]++
		sum, squares = sum+v, squares+v*v
	}
	var h, limits, numbers message
	for i, n := range counts {
		limits = binary.LittleEndian.AppendUint64(limits, math.Float64bits(lo+float64(i+1)*width))
		numbers = binary.LittleEndian.AppendUint64(numbers, math.Float64bits(n))
	}
	for i, v := range []float64{lo, hi, float64(len(values)), sum, squares} {
		h.double(i+1, v)
	}
	h.bytes(6, limits)
	h.bytes(7, numbers)
	return w.value(step, tag, func(m *message) { m.bytes(5, h) })
}

// Image writes an encoded PNG or JPEG file of width x height pixels in colour. Several
// images of a step are named TAG/0, TAG/1, ...
func (w *Writer) Image(step int64, tag string, width, height int, file []byte) error {
	var image message
	image.uint(1, uint64(height))
	image.uint(2, uint64(width))
	image.uint(3, 3)
	image.bytes(4, file)
	return w.value(step, tag, func(m *message) { m.bytes(4, image) })
}

// Text writes Markdown.
func (w *Writer) Text(step int64, tag, markdown string) error {
	var tensor message // a vector of one string
	tensor.uint(1, 7)
	tensor.bytes(2, shape(1))
	tensor.bytes(8, []byte(markdown))
	return w.value(step, tag, func(m *message) {
		m.bytes(9, metadata("text", 2, nil))
		m.bytes(8, tensor)
	})
}

// shape is a TensorShapeProto.
func shape(dims ...int) (s message) {
	for _, d := range dims {
		var dim message
		dim.uint(1, uint64(d))
		s.bytes(2, dim)
	}
	return s
}

// metadata is a SummaryMetadata: the plugin that shows a value, and the class of its data
// (1 scalar, 2 tensor, 3 blobs).
func metadata(plugin string, class uint64, content message) (m message) {
	var data message
	data.bytes(1, []byte(plugin))
	if content != nil {
		data.bytes(2, content)
	}
	m.bytes(1, data)
	m.uint(4, class)
	return m
}
