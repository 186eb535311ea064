package shard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// An index's file is magic, the blocks of all files, the directory in JSON, and a tail: where
// the directory begins (uint64) and the CRC-32C of all before (uint32), little-endian.
const (
	magic    = "bcl shard index 1\n"
	tailSize = 12
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// cachePath is the file of an index: its name is that of the files, so that the index of files
// that changed is replaced.
func cachePath(k Kind, dir string, files []indexed) (string, error) {
	if dir == "" {
		if dir = os.Getenv("BCL_CACHE"); dir == "" {
			user, err := os.UserCacheDir()
			if err != nil {
				return "", fmt.Errorf("%w; BCL_CACHE can name a folder for it", err)
			}
			dir = filepath.Join(user, "bcl")
		}
		dir = filepath.Join(dir, "index")
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", k.Name)
	for _, f := range files {
		fmt.Fprintf(h, "%q\n", f.Path)
	}
	return filepath.Join(dir, hex.EncodeToString(h.Sum(nil)[:16])+".index"), nil
}

// keep writes an index's file, whole or not at all.
func keep(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return atomicfile.WriteFile(path, write)
}

// write scans the files and writes their index.
func write(ctx context.Context, to io.Writer, k Kind, files []indexed, opt Options) error {
	sum := crc32.New(castagnoli)
	w := &counter{w: io.MultiWriter(to, sum)}
	d := directory{Kind: k.Name, Files: slices.Clone(files)}
	ids := map[string]uint32{}
	w.write([]byte(magic))
	err := scanAll(ctx, k, files, opt, func(i int, b *block) error {
		global := []uint32{0}
		for _, text := range b.texts {
			id, known := ids[text]
			if !known {
				if len(d.Labels) == maxClasses {
					return &scanError{fmt.Errorf("%s: more than %d different labels in all shards", quote.Name(files[i].Path), maxClasses)}
				}
				d.Labels = append(d.Labels, text)
				id = uint32(len(d.Labels))
				ids[text] = id
			}
			global = append(global, id)
		}
		labels := make([]byte, 0, 4*len(b.labels))
		for _, l := range b.labels {
			labels = binary.LittleEndian.AppendUint32(labels, global[l])
		}
		if b.classes != nil {
			if d.Classes != nil && !slices.Equal(d.Classes, b.classes) {
				return &scanError{fmt.Errorf("%s: its classes have other names than those of %s", quote.Name(files[i].Path), quote.Name(files[0].Path))}
			}
			d.Classes = b.classes
		}
		d.Several += b.several
		at := w.n
		w.write(labels, b.sizes, b.offsets, b.ends, b.names)
		d.Files[i].Samples, d.Files[i].At, d.Files[i].Length = len(b.labels), at, w.n-at
		return w.err
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	at := w.n
	w.write(text, binary.LittleEndian.AppendUint64(nil, uint64(at)))
	if w.err != nil {
		return w.err
	}
	_, err = to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

// counter is a writer that keeps its position and first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) write(parts ...[]byte) {
	for _, p := range parts {
		if c.err == nil {
			_, c.err = c.w.Write(p)
			c.n += int64(len(p))
		}
	}
}

// load maps an index's file into memory if it is whole and of files as they are now.
func load(k Kind, path string, files []indexed) (*Index, error) {
	data, err := mapped(path)
	if err != nil {
		return nil, err
	}
	x, err := decode(k, data, files)
	if err != nil {
		unmap(data)
	}
	return x, err
}

// inMemory scans the files and keeps their index in memory.
func inMemory(k Kind, files []indexed, write func(io.Writer) error) (*Index, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		var failed *scanError
		if errors.As(err, &failed) {
			err = failed.err
		}
		return nil, err
	}
	return decode(k, b.Bytes(), files)
}

var errDamaged = errors.New("it is damaged")

// decode reads an index's file, which must be of files as they are now.
func decode(k Kind, data []byte, files []indexed) (*Index, error) {
	n := len(data) - tailSize
	if n < len(magic) || string(data[:len(magic)]) != magic {
		return nil, errDamaged
	}
	if crc32.Checksum(data[:n+8], castagnoli) != binary.LittleEndian.Uint32(data[n+8:]) {
		return nil, errDamaged
	}
	at := binary.LittleEndian.Uint64(data[n:])
	if at < uint64(len(magic)) || at > uint64(n) {
		return nil, errDamaged
	}
	x := &Index{kind: k}
	if err := json.Unmarshal(data[at:n], &x.dir); err != nil {
		return nil, errDamaged
	}
	if x.dir.Kind != k.Name {
		return nil, fmt.Errorf("it is of %s files", quote.Name(x.dir.Kind))
	}
	if err := same(x.dir.Files, files); err != nil {
		return nil, err
	}
	if err := x.parse(data); err != nil {
		return nil, err
	}
	x.files, x.rows = newPool(x), newRowCache()
	return x, x.check()
}
