package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// metadataKey cannot be the name of a tensor.
const metadataKey = "__metadata__"

// maxKeys is how many tensors a file may have, and how many keys its metadata: far more
// than networks have, and little enough for memory.
const maxKeys = 100_000

// entry is a tensor and where the header says its bytes are.
type entry struct {
	*Tensor
	begin, end int64
	odd        string // the element type if package dtype does not have it
}

// header reads the JSON token by token: encoding/json's own decoding would use the last
// of two equal keys, and accept keys that differ in case.
type header struct {
	dec  *json.Decoder
	skip bool // allow all element types
}

func parseHeader(text []byte, skip bool) (entries []*entry, metadata map[string]string, err error) {
	h := header{json.NewDecoder(bytes.NewReader(text)), skip}
	h.dec.UseNumber()
	err = h.object(func(key string) error {
		if key == metadataKey {
			metadata = map[string]string{}
			return h.object(func(key string) (err error) {
				metadata[key], err = h.str()
				return err
			})
		}
		e, err := h.tensor(key)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if rest := bytes.Trim(text[h.dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, nil, fmt.Errorf("%d bytes after the object", len(rest))
	}
	return entries, metadata, nil
}

func (h header) token() (json.Token, error) {
	tok, err := h.dec.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return tok, err
}

// delim reads a bracket.
func (h header) delim(want rune) error {
	tok, err := h.token()
	if err == nil && tok != json.Delim(want) {
		err = fmt.Errorf("at byte %d: %v, expected %q", h.dec.InputOffset(), tok, want)
	}
	return err
}

// object reads an object, calling value for each key; keys must differ.
func (h header) object(value func(key string) error) error {
	if err := h.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for h.dec.More() {
		key, err := h.str()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("the key %.80q is repeated", key)
		}
		if seen[key] = true; len(seen) > maxKeys {
			return fmt.Errorf("more than %d keys", maxKeys)
		}
		if err := value(key); err != nil {
			return fmt.Errorf("%.80q: %w", key, err)
		}
	}
	return h.delim('}')
}

func (h header) str() (string, error) {
	tok, err := h.token()
	if err != nil {
		return "", err
	}
	s, ok := tok.(string)
	if !ok {
		return "", fmt.Errorf("at byte %d: %v, expected a string", h.dec.InputOffset(), tok)
	}
	return s, nil
}

// sizes reads an array of at most limit integers that are not negative.
func (h header) sizes(limit int) ([]int, error) {
	if err := h.delim('['); err != nil {
		return nil, err
	}
	out := []int{}
	for h.dec.More() {
		tok, err := h.token()
		if err != nil {
			return nil, err
		}
		num, _ := tok.(json.Number)
		n, err := strconv.Atoi(string(num))
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%.40q, expected a size", fmt.Sprint(tok))
		}
		if len(out) == limit {
			return nil, fmt.Errorf("more than %d sizes", limit)
		}
		out = append(out, n)
	}
	return out, h.delim(']')
}

func (h header) tensor(name string) (*entry, error) {
	e := &entry{Tensor: &Tensor{Name: name}}
	seen := 0
	err := h.object(func(key string) (err error) {
		seen++
		switch key {
		case "dtype":
			s, err := h.str()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(dtypes, func(d named) bool { return d.name == s })
			switch {
			case i >= 0:
				e.DType = dtypes[i].d
			case h.skip && s != "":
				e.odd = s
			default:
				return fmt.Errorf("the element type %.40q is not supported", s)
			}
			return nil
		case "shape":
			e.Shape, err = h.sizes(npy.MaxDims)
			return err
		case "data_offsets":
			at, err := h.sizes(2)
			if err == nil && len(at) != 2 {
				err = fmt.Errorf("%d sizes, expected 2", len(at))
			}
			if err == nil {
				e.begin, e.end = int64(at[0]), int64(at[1])
			}
			return err
		}
		return fmt.Errorf("not one of dtype, shape and data_offsets")
	})
	if err == nil && seen != 3 {
		err = fmt.Errorf("%d of dtype, shape and data_offsets are present", seen)
	}
	return e, err
}
