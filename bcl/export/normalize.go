package export

import (
	"bytes"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/dtype"
)

// floats reads a tensor of a floating-point type as float64.
func floats(t ckpt.Tensor) ([]float64, error) {
	if !t.DType.IsFloat() {
		return nil, fmt.Errorf("%s is of the type %v, expected a floating-point type", t.Name, t.DType)
	}
	var b bytes.Buffer
	if err := t.WriteData(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	out := make([]float64, b.Len()/t.DType.Size())
	for i := range out {
		out[i] = t.DType.Float(b.Bytes()[i*t.DType.Size():])
	}
	return out, nil
}

// float32s writes the elements of a tensor as float32.
func float32s(w io.Writer, t ckpt.Tensor) error {
	if t.DType == dtype.Float32 {
		return t.WriteData(w)
	}
	values, err := floats(t)
	if err != nil {
		return err
	}
	return writeFloats(w, values)
}

// Normalization is what is done to pixels in [0, 1]: (x - Mean) / Std. Recorded is whether
// the file of weights says so.
type Normalization struct {
	Mean, Std []float64
	Recorded  bool
}

// NormalizationOf returns that of a backbone, or ImageNet's if the file has none.
func NormalizationOf(b *ckpt.Extracted) (n Normalization, err error) {
	n = Normalization{Mean: []float64{0.485, 0.456, 0.406}, Std: []float64{0.229, 0.224, 0.225}}
	for _, t := range b.Normalize {
		values, err := floats(t)
		if err == nil && len(values) != 3 {
			err = fmt.Errorf("normalize.%s has %d values, expected 3", t.Name, len(values))
		}
		if err != nil {
			return n, err
		}
		for i := range values { // 0.485, not 0.48500001430511475
			fmt.Sscan(fmt.Sprint(float32(values[i])), &values[i])
		}
		n.Recorded = true
		if t.Name == "mean" {
			n.Mean = values
		} else {
			n.Std = values
		}
	}
	return n, nil
}
