package shard

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Limits of a tar: of an image, and of a file with its label.
const (
	maxImage = 1 << 30
	maxLabel = 1 << 20
)

// imageTypes are the extensions of images. Of a sample with several the first of these is taken.
var imageTypes = []string{"jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif", "jfif", "jpe", "ppm", "pgm"}

// packed are the first bytes of compressed files, and the program that unpacks them.
var packed = []struct{ magic, name, unpack string }{
	{"\x1f\x8b", "gzip", "gunzip"}, {"\x28\xb5\x2f\xfd", "zstd", "unzstd"}, {"BZh", "bzip2", "bunzip2"}, {"\xfd7zXZ\x00", "xz", "unxz"},
}

// scanTar indexes the samples of a tar of some bytes, in the form of webdataset: files that
// follow each other and have the same name up to the first dot of its last part are a sample;
// what comes after that dot says what of it they are. An image is one of imageTypes, also after
// another dot ("left.png") if there is no other. The label is that of .cls, a text, or of
// .json: its "label", "cls" or "class". Directories, links, hidden files and those without a
// dot are left out. name is the file's in errors.
func scanTar(f io.ReaderAt, size int64, name string, b *block) error {
	b.named = true
	s := &tarScan{r: &tarReader{f: f, size: size}, file: quote.Name(name), block: b, seed: maphash.MakeSeed()}
	head := make([]byte, 8)
	n, _ := f.ReadAt(head, 0)
	for _, p := range packed {
		if bytes.HasPrefix(head[:n], []byte(p.magic)) {
			return fmt.Errorf("%s: compressed with %s, which cannot be read at random: %s %[1]s, and name what that writes", s.file, p.name, p.unpack)
		}
	}
	if err := s.all(); err != nil {
		return err
	}
	return s.once()
}

type tarScan struct {
	r     *tarReader
	file  string // in errors
	block *block

	key   string // of the sample at hand; "" before the first
	at    int64  // where it begins
	found Sample
	rank  int      // of its image among imageTypes; -1: none yet
	exts  []string // of its files

	seed maphash.Seed
	keys []uint64 // hashes of the keys
}

// errorf is an error at a byte of the file.
func (s *tarScan) errorf(at int64, format string, args ...any) error {
	return fmt.Errorf("%s: byte %d: %w", s.file, at, fmt.Errorf(format, args...))
}

func (s *tarScan) all() error {
	t := tar.NewReader(s.r)
	at := int64(0) // where the next entry begins
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s.broken(at, err)
		}
		end := s.r.off + h.Size
		if err := s.member(t, h, at); err != nil {
			return err
		}
		at = (end + 511) / 512 * 512
	}
	switch {
	case at > s.r.size:
		return s.broken(at, io.ErrUnexpectedEOF)
	case at == s.r.size && at > 0: // archive/tar takes it for the end
		return s.errorf(at, "truncated: the blocks of zeros that end an archive are missing: copy it again")
	}
	if err := s.end(); err != nil {
		return err
	}
	if len(s.keys) == 0 {
		return fmt.Errorf("%s: no images: expected files such as 0001.jpg and 0001.cls, as webdataset writes them", s.file)
	}
	return s.rest()
}

// broken explains an error of the archive.
func (s *tarScan) broken(at int64, err error) error {
	switch {
	case at == 0 && s.r.size < 512:
		return fmt.Errorf("%s: no tar archive", s.file)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return s.errorf(at, "truncated: the file ends at byte %d, within an entry: copy it again", s.r.size)
	case errors.Is(err, tar.ErrHeader) && at == 0:
		return fmt.Errorf("%s: no tar archive", s.file)
	case errors.Is(err, tar.ErrHeader):
		return s.errorf(at, "damaged: no header of a tar's entry is there: copy the file again")
	case errors.Is(err, tar.ErrFieldTooLong):
		return s.errorf(at, "an entry whose name or attributes have more than %d bytes", maxLabel)
	}
	return s.errorf(at, "%w", err)
}

// member adds a file to its sample.
func (s *tarScan) member(t io.Reader, h *tar.Header, at int64) error {
	offset := s.r.off
	key, ext := splitKey(h.Name)
	if h.Typeflag == tar.TypeGNUSparse || h.PAXRecords["GNU.sparse.major"] != "" || h.PAXRecords["GNU.sparse.map"] != "" {
		return s.errorf(at, "%s is stored as a sparse file, which cannot be read in one piece: write the archive without tar's --sparse", quote.Name(h.Name))
	}
	if h.Typeflag != tar.TypeReg || key == "" {
		return nil
	}
	if h.Size > s.r.size-offset {
		return s.errorf(at, "truncated: %s has %d bytes from byte %d on, and the file ends at byte %d: copy it again", quote.Name(h.Name), h.Size, offset, s.r.size)
	}
	if key != s.key {
		if err := s.end(); err != nil {
			return err
		}
		s.key, s.at, s.found, s.rank, s.exts = key, at, Sample{}, -1, s.exts[:0]
	}
	if slices.Contains(s.exts, ext) {
		return s.errorf(at, "%s is there twice in the sample %s", quote.Name(h.Name), quote.Name(key))
	}
	s.exts = append(s.exts, ext)
	switch {
	case ext == "cls", ext == "json" && s.found.Label == "":
		if h.Size > maxLabel {
			return s.errorf(at, "%s has %d bytes, expected a label in at most %d", quote.Name(h.Name), h.Size, maxLabel)
		}
		data, err := io.ReadAll(t)
		if err != nil {
			return s.broken(at, err)
		}
		label, err := labelOf(ext, data)
		if err != nil {
			return s.errorf(at, "%s: %w", quote.Name(h.Name), err)
		}
		if label != "" {
			s.found.Label = label
		}
		return nil
	}
	rank := rankOf(ext)
	switch {
	case rank < 0:
	case s.rank < 0 || rank < s.rank:
		if s.rank >= 0 {
			s.block.several++
		}
		s.rank, s.found.Name, s.found.Offset, s.found.Size = rank, cleanName(h.Name), offset, h.Size
	default:
		s.block.several++
	}
	return nil
}

// end adds the sample at hand.
func (s *tarScan) end() error {
	if s.key == "" {
		return nil
	}
	if s.rank < 0 {
		return s.errorf(s.at, "the sample %s has no image, only .%s: expected one of .%s", quote.Name(s.key), strings.Join(quote.Names(s.exts), ", ."), strings.Join(imageTypes[:4], ", ."))
	}
	s.keys = append(s.keys, maphash.String(s.seed, s.key))
	if err := s.block.add(s.found); err != nil {
		return s.errorf(s.at, "%s: %w", quote.Name(s.found.Name), err)
	}
	return nil
}

// rest checks that only padding follows the archive's end: readers of tar stop there, and
// the samples of an archive that was appended with cat would be lost.
func (s *tarScan) rest() error {
	buf := make([]byte, 1<<16)
	for s.r.off < s.r.size {
		at := s.r.off
		n, err := s.r.Read(buf)
		if err != nil {
			return s.errorf(at, "%w", err)
		}
		if k := slices.IndexFunc(buf[:n], func(c byte) bool { return c != 0 }); k >= 0 {
			return s.errorf(at+int64(k), "data after the archive's end, which readers of tar ignore: archives that were joined with cat are to be given as several files")
		}
	}
	return nil
}

// once returns an error if a key is there twice, with others between.
func (s *tarScan) once() error {
	sorted := slices.Clone(s.keys)
	slices.Sort(sorted)
	again := map[uint64]bool{}
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			again[sorted[i]] = true
		}
	}
	if len(again) == 0 {
		return nil
	}
	first := map[string]int{} // few: keys of equal hashes
	for i, hash := range s.keys {
		if !again[hash] {
			continue
		}
		key, _ := splitKey(s.block.name(i))
		if was, there := first[key]; there {
			offset := func(i int) int64 {
				c := columns{offsets: s.block.offsets}
				return c.offset(i)
			}
			return s.errorf(offset(i), "the key %s is that of the sample at byte %d already: files of a sample follow each other, and each sample has a key of its own", quote.Name(key), offset(was))
		}
		first[key] = i
	}
	return nil
}

func cleanName(name string) string { return path.Clean(name) }

// splitKey splits the name of a file at the first dot of its last part; key is "" if it is no
// file of a sample.
func splitKey(name string) (key, ext string) {
	name = cleanName(name)
	base := path.Base(name)
	stem, ext, dot := strings.Cut(base, ".")
	if !dot || stem == "" || ext == "" || strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/") {
		return "", ""
	}
	return name[:len(name)-len(base)] + stem, strings.ToLower(ext)
}

// rankOf returns how an extension ranks as that of an image; -1 if it is none.
func rankOf(ext string) int {
	rank := slices.Index(imageTypes, ext)
	if rank >= 0 {
		return rank
	}
	if dot := strings.LastIndexByte(ext, '.'); dot >= 0 {
		if rank = slices.Index(imageTypes, ext[dot+1:]); rank >= 0 {
			return len(imageTypes) + rank
		}
	}
	return -1
}

// labelOf reads a .cls or .json file.
func labelOf(ext string, data []byte) (string, error) {
	if ext == "cls" {
		label := strings.TrimSpace(string(data))
		if label == "" || strings.ContainsAny(label, "\n\r\x00") || len(label) > maxLabelText {
			return "", fmt.Errorf("%.40q, expected a class: its number or its name", label)
		}
		return label, nil
	}
	var record map[string]json.RawMessage
	if err := json.Unmarshal(data, &record); err != nil {
		return "", fmt.Errorf("expected a JSON object: %w", err)
	}
	for _, field := range []string{"label", "cls", "class"} {
		value, there := record[field]
		if !there || string(value) == "null" {
			continue
		}
		var text string
		if value[0] == '"' {
			if err := json.Unmarshal(value, &text); err != nil {
				return "", err
			}
		} else {
			text = string(value)
		}
		if text == "" || len(text) > maxLabelText || strings.ContainsAny(text, "{}[]\n\r\x00") {
			return "", fmt.Errorf("%s is %.40q, expected a class: its number or its name", field, text)
		}
		return text, nil
	}
	return "", nil
}

// maxLabelText is the longest label.
const maxLabelText = 1000

// tarReader reads a file with a small buffer: a scan reads headers only, and skips the rest. It
// never reads ahead of off, as archive/tar sees it, so that off is where an entry begins.
type tarReader struct {
	f         io.ReaderAt
	off, size int64
	buf       [4096]byte
	from, to  int64 // what of the file buf holds
}

func (r *tarReader) Read(p []byte) (int, error) {
	if r.off >= r.size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.off < r.from || r.off >= r.to {
		if len(p) >= len(r.buf) {
			n, err := r.f.ReadAt(p[:min(int64(len(p)), r.size-r.off)], r.off)
			r.off += int64(n)
			return n, ignoreEOF(n, err)
		}
		n, err := r.f.ReadAt(r.buf[:min(int64(len(r.buf)), r.size-r.off)], r.off)
		r.from, r.to = r.off, r.off+int64(n)
		if err := ignoreEOF(n, err); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf[r.off-r.from:r.to-r.from])
	r.off += int64(n)
	return n, nil
}

func ignoreEOF(n int, err error) error {
	if n > 0 && errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (r *tarReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.off
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.off, errors.New("a position before the file")
	}
	r.off = offset
	return r.off, nil
}
