package features

import (
	"io"
	"os"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// writeSafetensors writes a tensor for each layer, N x width, and labels, N. Names are in
// samples.csv: the format has no texts but its header's.
func writeSafetensors(w io.Writer, t *Table, progress func(rows int) error) error {
	const rows = 1 << 12
	var tensors []*safetensors.Tensor
	for i, l := range t.Layers {
		tensors = append(tensors, &safetensors.Tensor{Name: l.Name, DType: t.DType, Shape: []int{t.Info.Samples, l.Width}, Source: func(w io.Writer) error {
			for from := 0; from < t.Info.Samples; from += rows {
				n := min(rows, t.Info.Samples-from)
				if _, err := io.Copy(w, t.Section(i, from, n)); err != nil {
					return err
				}
				if err := progress(from + n); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	if t.Labelled > 0 {
		tensors = append(tensors, &safetensors.Tensor{Name: "labels", DType: dtype.Int64, Shape: []int{t.Info.Samples}, Source: func(w io.Writer) error {
			f, err := os.Open(t.path(LabelsFile))
			if err != nil {
				return err
			}
			defer f.Close()
			if _, _, _, err := npy.ReadHeader(f); err != nil {
				return err
			}
			_, err = io.Copy(w, f)
			return err
		}})
	}
	return safetensors.Write(w, tensors, map[string]string{"format": "pt", "checkpoint_sha256": t.SHA256, "data_fingerprint": t.Fingerprint})
}
