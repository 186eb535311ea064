package shard

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/bcl-go/bcl/bcl/quote"
)

// Names of the columns, in order of preference.
var (
	imageColumns = []string{"image", "img"}
	labelColumns = []string{"label", "labels", "fine_label", "cls", "class"}
)

// parquetFile is an open file.
type parquetFile struct {
	image  int   // its leaf column
	label  int   // -1: none
	starts []int // first row of each row group, and their number
	groups []parquet.RowGroup
	names  []string // of the classes
}

// openParquet reads the end of a file, which says what is where.
func openParquet(f *os.File, size int64) (any, error) { return readFooter(f, size) }

func readFooter(f io.ReaderAt, size int64) (p *parquetFile, err error) {
	defer recovered(&err)
	var head [4]byte
	tail := make([]byte, 8)
	if size >= 12 {
		f.ReadAt(head[:], 0)
		f.ReadAt(tail, size-8)
	}
	switch {
	case string(head[:]) == "PARE" || string(tail[4:]) == "PARE":
		return nil, errors.New("an encrypted Parquet file: decrypt it first")
	case string(head[:]) != "PAR1":
		return nil, errors.New("no Parquet file")
	case string(tail[4:]) != "PAR1":
		return nil, fmt.Errorf("truncated: it does not end with a Parquet file's last bytes at byte %d: copy it again", size)
	case int64(binary.LittleEndian.Uint32(tail)) > size-12:
		return nil, fmt.Errorf("damaged: its footer would have %d of its %d bytes: copy it again", binary.LittleEndian.Uint32(tail), size)
	}
	file, err := parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("damaged: %w: copy it again", err)
	}
	p = &parquetFile{groups: file.RowGroups(), starts: []int{0}}
	if p.image, p.label, err = chooseColumns(file); err != nil {
		return nil, err
	}
	if err := readable(file, p.image); err != nil {
		return nil, err
	}
	for _, g := range p.groups {
		p.starts = append(p.starts, p.starts[len(p.starts)-1]+int(g.NumRows()))
	}
	if p.label >= 0 {
		p.names = classNames(file, file.Schema().Columns()[p.label][0])
	}
	return p, nil
}

// readable returns an error if the images are compressed with LZ4: parquet-go 0.32 reads pages
// that LZ4 could not make smaller, as those of images are, as nulls.
func readable(file *parquet.File, column int) error {
	for _, g := range file.Metadata().RowGroups {
		if c := g.Columns[column].MetaData.Codec; c == format.Lz4 || c == format.Lz4Raw {
			return fmt.Errorf("its images are compressed with %v, which cannot be read: write it with compression zstd, snappy or none", c)
		}
	}
	return nil
}

// recovered makes an error of a panic of the reader of a damaged file.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged: %v: copy it again", r)
	}
}

// chooseColumns finds the leaf columns of images and labels.
func chooseColumns(file *parquet.File) (image, label int, err error) {
	images := map[string]int{}
	labels := map[string]int{}
	var all []string
	for at, path := range file.Schema().Columns() {
		leaf, ok := file.Schema().Lookup(path...)
		if !ok || leaf.MaxRepetitionLevel > 0 {
			continue
		}
		kind := leaf.Node.Type().Kind()
		all = append(all, fmt.Sprintf("%s (%s)", quote.Name(strings.Join(path, ".")), leaf.Node.Type()))
		text := leaf.Node.Type().LogicalType() != nil
		switch {
		case kind == parquet.ByteArray && len(path) == 2 && path[1] == "bytes", kind == parquet.ByteArray && len(path) == 1 && !text && !slices.Contains(labelColumns, path[0]):
			images[path[0]] = at
		case len(path) == 1 && (kind == parquet.Int32 || kind == parquet.Int64 || kind == parquet.ByteArray):
			labels[path[0]] = at
		}
	}
	image, label = first(images, imageColumns), first(labels, labelColumns)
	if image < 0 && len(images) == 1 {
		for _, at := range images {
			image = at
		}
	}
	if image < 0 {
		return 0, 0, fmt.Errorf("no column of images: expected a struct of bytes and path, as datasets.Image writes it, or a binary column named image; there are %s", strings.Join(all, ", "))
	}
	return image, label, nil
}

func first(there map[string]int, names []string) int {
	for _, name := range names {
		if at, ok := there[name]; ok {
			return at
		}
	}
	return -1
}

// classNames reads the names of a ClassLabel of Hugging Face's datasets; nil without.
func classNames(file *parquet.File, column string) []string {
	text, ok := file.Lookup("huggingface")
	if !ok {
		return nil
	}
	var about struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	if json.Unmarshal([]byte(text), &about) != nil {
		return nil
	}
	var feature struct {
		Names []string `json:"names"`
	}
	if json.Unmarshal(about.Info.Features[column], &feature) != nil {
		return nil
	}
	return feature.Names
}

// scanParquet indexes the rows of a Parquet file: their labels. name is the file's in errors.
func scanParquet(f io.ReaderAt, size int64, name string, b *block) error {
	p, err := readFooter(f, size)
	if err != nil {
		return fmt.Errorf("%s: %w", quote.Name(name), err)
	}
	if p.starts[len(p.starts)-1] == 0 {
		return fmt.Errorf("%s: no rows", quote.Name(name))
	}
	b.classes = p.names
	for g := range p.groups {
		if p.label < 0 {
			for range p.starts[g+1] - p.starts[g] {
				if err := b.add(Sample{}); err != nil {
					return fmt.Errorf("%s: %w", quote.Name(name), err)
				}
			}
			continue
		}
		row := p.starts[g]
		err := p.values(g, p.label, func(v parquet.Value) error {
			s := Sample{}
			switch {
			case v.IsNull():
			case v.Kind() == parquet.ByteArray:
				s.Label = string(v.ByteArray())
				if len(s.Label) > maxLabelText {
					return fmt.Errorf("row %d: a label of %d bytes, expected at most %d", row, len(s.Label), maxLabelText)
				}
			case v.Kind() == parquet.Int32:
				s.Label = strconv.Itoa(int(v.Int32()))
			default:
				s.Label = strconv.FormatInt(v.Int64(), 10)
			}
			row++
			return b.add(s)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", quote.Name(name), err)
		}
	}
	return nil
}

// values calls f with the values of a leaf column of a row group; each row has one.
func (p *parquetFile) values(group, column int, f func(parquet.Value) error) (err error) {
	defer recovered(&err)
	fail := func(err error) error {
		return fmt.Errorf("rows %d to %d: damaged: %w: copy the file again", p.starts[group], p.starts[group+1]-1, err)
	}
	pages := p.groups[group].ColumnChunks()[column].Pages()
	defer pages.Close()
	buf := make([]parquet.Value, 128)
	left := p.starts[group+1] - p.starts[group]
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail(err)
		}
		for values := page.Values(); ; {
			n, err := values.ReadValues(buf)
			if left -= n; left < 0 {
				parquet.Release(page)
				return fail(errors.New("more values than rows"))
			}
			for _, v := range buf[:n] {
				if err := f(v); err != nil {
					parquet.Release(page)
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				parquet.Release(page)
				return fail(err)
			}
		}
		parquet.Release(page)
	}
	if left > 0 {
		return fail(fmt.Errorf("%d values are missing", left))
	}
	return nil
}

// readParquet reads the bytes of the image in a row: from the cache, or with those of its row
// group.
func readParquet(x *Index, file, k int) (data []byte, err error) {
	err = x.files.use(file, func(h *handle) error {
		p := h.of.(*parquetFile)
		group, found := slices.BinarySearch(p.starts, k)
		if !found {
			group--
		}
		for p.starts[group+1] == k { // an empty group before
			group++
		}
		rows, err := x.rows.get([2]int{file, group}, func() (*rows, error) { return p.rows(group) })
		if err != nil {
			return fmt.Errorf("%s: %w", quote.Name(x.Path(file)), err)
		}
		data = rows.row(k - p.starts[group])
		if data == nil {
			return fmt.Errorf("%s: row %d: no image: its bytes are null: in datasets, embed the images before writing Parquet", quote.Name(x.Path(file)), k)
		}
		return nil
	})
	return data, err
}

// rows reads the images of a row group.
func (p *parquetFile) rows(group int) (*rows, error) {
	r := &rows{}
	err := p.values(group, p.image, func(v parquet.Value) error {
		if v.IsNull() {
			r.add(nil)
		} else {
			r.add(v.ByteArray())
		}
		return nil
	})
	return r, err
}
