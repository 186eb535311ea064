package ckpt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/serialize"
)

// indexEnding ends the name of a file that says in which files beside it tensors are:
// {"metadata": {...}, "weight_map": {"conv1.weight": "model-00001-of-00002.safetensors"}}.
const indexEnding = ".index.json"

// Limits of an index, far above those of networks: bytes, tensors, and files, which are all
// open at once.
const (
	maxIndex  = 100 << 20
	maxNames  = 100_000
	maxShards = 512
)

// openShards opens the files of an index as one file, whose tensors are those of the
// index. The index and the files must agree: a tensor that is not in the file that the
// index says, and one that it does not list, are errors.
func openShards(path string, o OpenOptions) (*File, error) {
	shards, err := readIndex(path)
	if err != nil {
		return nil, err
	}
	all := &File{Path: path, Shards: slices.Sorted(maps.Keys(shards))}
	for _, name := range all.Shards { // all first: a missing one makes others look wrong
		if _, err := os.Stat(all.shard(name)); err != nil {
			return nil, fmt.Errorf("%s: %s, which it names, cannot be read: %w; download it too", quote.Name(path), quote.Name(name), quote.Error(err))
		}
	}
	tree, closers := serialize.NewOrderedDict(), closers{}
	all.tree, all.closer = tree, &closers
	for _, name := range all.Shards {
		if err := all.add(name, shards[name], tree, &closers, o); err != nil {
			all.Close()
			return nil, err
		}
	}
	return all, nil
}

// shard returns the path of a file of the index, beside which it is.
func (f *File) shard(name string) string { return filepath.Join(filepath.Dir(f.Path), name) }

// add opens one file of the index, which must have the tensors want and no others.
func (f *File) add(name string, want map[string]bool, tree *serialize.Dict, closers *closers, o OpenOptions) error {
	path := f.shard(name)
	shard, err := openFile(path, o)
	if err != nil {
		return err
	}
	*closers = append(*closers, shard)
	state, _, ok := stateOf(shard.tree)
	if !ok {
		return fmt.Errorf("%s: no state dict, as a file that %s names must be", quote.Name(path), quote.Name(f.Path))
	}
	if f.Format != "" && f.Format != shard.Format {
		return fmt.Errorf("%s: of the format %s, but another file that %s names is %s", quote.Name(path), shard.Format, quote.Name(f.Path), f.Format)
	}
	f.Format = shard.Format
	for _, t := range state {
		if !want[t.Name] {
			return fmt.Errorf("%s: it has the tensor %s, which is not one that %s says it has: read that file alone, or correct the index", quote.Name(path), serialize.Quote(t.Name), quote.Name(f.Path))
		}
		delete(want, t.Name)
		if err := tree.Set(t.Name, t.Tensor); err != nil {
			return fmt.Errorf("%s: %s: %w", quote.Name(path), serialize.Quote(t.Name), err)
		}
	}
	if dict, isDict := shard.tree.(*serialize.Dict); isDict {
		for name := range want { // of kinds that are not read
			if v, _ := dict.Get(name); isOpaque(v) {
				delete(want, name)
				if err := tree.Set(name, v); err != nil {
					return fmt.Errorf("%s: %s: %w", quote.Name(path), serialize.Quote(name), err)
				}
			}
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("%s: it lacks %d tensors that %s says it has: %s; download both again", quote.Name(path), len(want), quote.Name(f.Path), list(slices.Sorted(maps.Keys(want))))
	}
	f.pts = append(f.pts, shard.pts...)
	for _, u := range shard.Unknown {
		if !slices.Contains(f.Unknown, u) {
			f.Unknown = append(f.Unknown, u)
		}
	}
	if f.Metadata == nil && shard.Metadata != nil {
		f.Metadata = map[string]string{}
	}
	for k, v := range shard.Metadata {
		if _, there := f.Metadata[k]; !there {
			f.Metadata[k] = v
		}
	}
	return nil
}

// readIndex returns the names of the tensors by the file that has them.
func readIndex(path string) (map[string]map[string]bool, error) {
	if _, err := begin(path); err != nil { // a folder, a pipe
		return nil, err
	}
	r, err := os.Open(path)
	if err != nil {
		return nil, quote.Error(err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxIndex+1))
	if err == nil && len(text) > maxIndex {
		err = fmt.Errorf("more than %d bytes", maxIndex)
	}
	var shards map[string]map[string]bool
	if err == nil {
		shards, err = parseIndex(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: as an index of several files of weights: %w", quote.Name(path), err)
	}
	return shards, nil
}

// parseIndex reads the JSON token by token: encoding/json's own decoding would use the last
// of two equal keys, and accept keys that differ in case.
func parseIndex(text []byte) (map[string]map[string]bool, error) {
	if what := notWeights(text[:min(len(text), 512)]); what != "" && !strings.HasPrefix(what, "JSON") {
		return nil, fmt.Errorf("it is %s", what)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	var shards map[string]map[string]bool
	err := object(dec, func(key string) error {
		if key != "weight_map" {
			var skipped json.RawMessage
			return dec.Decode(&skipped)
		}
		shards = map[string]map[string]bool{}
		n := 0
		return object(dec, func(tensor string) error {
			tok, err := dec.Token()
			if err != nil {
				return err
			}
			shard, ok := tok.(string)
			if !ok || !plainName(shard) {
				return fmt.Errorf("the tensor %.80q is in %.80q, expected the name of a file in the same folder", tensor, fmt.Sprint(tok))
			}
			if shards[shard] == nil {
				shards[shard] = map[string]bool{}
			}
			shards[shard][tensor] = true
			if n++; n > maxNames || len(shards) > maxShards {
				return fmt.Errorf("more than %d tensors or %d files", maxNames, maxShards)
			}
			return nil
		})
	})
	switch {
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(text[dec.InputOffset():])) > 0:
		return nil, fmt.Errorf("something follows the JSON object")
	case len(shards) == 0:
		return nil, fmt.Errorf("there is no weight_map with tensors")
	}
	return shards, nil
}

// object reads an object, calling value for each key; keys must differ.
func object(dec *json.Decoder, value func(key string) error) error {
	if tok, err := dec.Token(); err != nil {
		return err
	} else if tok != json.Delim('{') {
		return fmt.Errorf("%.40q, expected an object", fmt.Sprint(tok))
	}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string) // JSON has no other keys
		if seen[key] {
			return fmt.Errorf("the key %.80q is repeated", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// plainName reports the name of a file that is in the index's own folder, on any system.
func plainName(name string) bool {
	return filepath.IsLocal(name) && name != "." && !strings.ContainsAny(name, "/\\:\x00") && !strings.HasSuffix(name, indexEnding)
}

// closers are files that are closed together.
type closers []*File

func (c *closers) Close() (first error) {
	for _, f := range *c {
		if err := f.Close(); first == nil {
			first = err
		}
	}
	return first
}
