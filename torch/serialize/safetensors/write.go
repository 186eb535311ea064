package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Save writes a file, as package atomicfile does: it exists in full or not at all. See
// [Write].
func Save(path string, tensors []*Tensor, metadata map[string]string) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return Write(w, tensors, metadata) })
}

// Write writes tensors, always in the official library's order, and metadata, which may
// be nil, by key. It is an error if a name is repeated, is "__metadata__" or not UTF-8,
// or if a tensor's data do not match its shape.
func Write(w io.Writer, tensors []*Tensor, metadata map[string]string) error {
	rank := func(t *Tensor) int { return slices.IndexFunc(dtypes, func(d named) bool { return d.d == t.DType }) }
	for _, t := range tensors {
		if rank(t) < 0 {
			return fmt.Errorf("safetensors: tensor %q has the unknown element type %v", t.Name, t.DType)
		}
	}
	sorted := slices.SortedStableFunc(slices.Values(tensors), func(a, b *Tensor) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})

	var b bytes.Buffer
	b.WriteByte('{')
	if metadata != nil {
		b.WriteString(`"` + metadataKey + `":{`)
		for i, k := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := quoteAll(&b, k, metadata[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	}
	seen := map[string]bool{metadataKey: true}
	at := 0
	sizes := make([]int, len(sorted))
	for i, t := range sorted {
		if seen[t.Name] {
			return fmt.Errorf("safetensors: the name %q is repeated or is reserved", t.Name)
		}
		seen[t.Name] = true
		n, err := npy.Size(t.DType, t.Shape)
		if err == nil && t.Data != nil && len(t.Data) != n {
			err = fmt.Errorf("%v elements of shape %v take %d bytes, not %d", t.DType, t.Shape, n, len(t.Data))
		}
		if err != nil {
			return fmt.Errorf("safetensors: tensor %q: %w", t.Name, err)
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		if err := quoteAll(&b, t.Name); err != nil {
			return err
		}
		shape := strings.ReplaceAll(strings.Trim(fmt.Sprint(t.Shape), "[]"), " ", ",")
		fmt.Fprintf(&b, `:{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}`, dtypes[rank(t)].name, shape, at, at+n)
		at += n
		sizes[i] = n
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > maxHeader {
		return fmt.Errorf("safetensors: a header of %d bytes, at most %d are allowed", b.Len(), maxHeader)
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(b.Len())); err != nil {
		return err
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	for i, t := range sorted {
		if err := t.writeTo(w, int64(sizes[i])); err != nil {
			return fmt.Errorf("safetensors: tensor %q: %w", t.Name, err)
		}
	}
	return nil
}

// quoteAll writes JSON strings with a colon between them.
func quoteAll(b *bytes.Buffer, parts ...string) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for i, s := range parts {
		if !utf8.ValidString(s) {
			return fmt.Errorf("safetensors: %q is not UTF-8", s)
		}
		if i > 0 {
			b.WriteByte(':')
		}
		if err := enc.Encode(s); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the encoder's newline
	}
	return nil
}

// writeTo writes the elements and checks that they are n bytes.
func (t *Tensor) writeTo(w io.Writer, n int64) error {
	c := &counter{w: w}
	var err error
	switch {
	case t.Data != nil:
		_, err = c.Write(t.Data)
	case t.Source != nil:
		err = t.Source(c)
	case t.in != nil:
		_, err = io.Copy(c, io.NewSectionReader(t.in, 0, t.in.Size()))
	case n > 0:
		err = fmt.Errorf("the data are not in memory and there is no source")
	}
	if err == nil && c.n != n {
		err = fmt.Errorf("%d bytes were written, expected %d", c.n, n)
	}
	return err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	k, err := c.w.Write(p)
	c.n += int64(k)
	return k, err
}
