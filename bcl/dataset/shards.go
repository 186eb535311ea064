package dataset

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset/shard"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// The kinds of sets in large files, values of [Place.Kind].
const (
	Tar     = "tar"
	Parquet = "parquet"
)

// shards is a data set of images in large files, in the order of the files and in that of
// each: tar archives as webdataset writes them, or Parquet as Hugging Face's datasets does. Its
// list is an index in a file ([shard.Open]), not in memory.
type shards struct {
	index   *shard.Index
	names   []string // of the shards, relative to the place
	classes []string
	opt     Options
	images  *images
}

func (s *shards) Len() int          { return s.index.Len() }
func (s *shards) Classes() []string { return s.classes }
func (s *shards) Label(i int) int   { return s.index.Label(i) }

// Name is the shard's and that of the image in it, or its row.
func (s *shards) Name(i int) string {
	file, k := s.index.Find(i)
	if name := s.index.Name(i); name != "" {
		return s.names[file] + "/" + name
	}
	return fmt.Sprintf("%s: row %d", s.names[file], k)
}

func (s *shards) Image(i int) (*rgb.Image, error) {
	if m := s.images.find(i); m != nil {
		return m, nil
	}
	file, _ := s.index.Find(i)
	return s.images.get(i, s.index.Path(file)+"\x00"+s.Name(i), func() (*rgb.Image, error) {
		data, err := s.index.Read(i)
		if err != nil {
			return nil, err
		}
		d := rgb.Decoder{MaxPixels: s.opt.MaxPixels}
		if s.opt.Damaged != nil {
			d.Damaged = func(damage error) { s.opt.Damaged(s.where(i), damage) }
		}
		m, err := d.DecodeBytes(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quote.Name(s.where(i)), err)
		}
		return m, nil
	})
}

// where is the name of an image with the path of its shard.
func (s *shards) where(i int) string {
	file, k := s.index.Find(i)
	if name := s.index.Name(i); name != "" {
		return s.index.Path(file) + ": " + name
	}
	return fmt.Sprintf("%s: row %d", s.index.Path(file), k)
}

// openShards opens a place of large files.
func openShards(at *shardPlace, opt Options) (*Place, error) {
	p := &Place{Kind: at.kind.Name, Path: at.place, Notes: at.notes}
	train, err := p.openShards(at, at.train, opt)
	if err != nil {
		return nil, err
	}
	p.Train = train
	if train.classes != nil {
		p.Probe = train
	}
	if at.test == nil {
		return p, nil
	}
	test, err := p.openShards(at, at.test, opt)
	if err != nil {
		return nil, err
	}
	p.Test = test
	switch {
	case train.classes == nil || test.classes == nil:
	case train.index.Numbered() && test.index.Numbered():
		all := numbers(max(len(train.classes), len(test.classes)))
		train.classes, test.classes = all, all
	case !slices.Equal(train.classes, test.classes):
		return nil, fmt.Errorf("%s: %s", quote.Name(at.place), classDifference(quote.Name(at.train[0]), train.classes, quote.Name(at.test[0]), test.classes))
	}
	return p, nil
}

func (p *Place) openShards(at *shardPlace, names []string, opt Options) (*shards, error) {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(at.root, filepath.FromSlash(name))
	}
	cache := cmp.Or(opt.Cache, NewCache(DefaultCacheBytes))
	x, note, err := shard.Open(cmp.Or(opt.Context, context.Background()), at.kind, paths, shard.Options{Dir: opt.IndexDir, Progress: opt.Indexing, RowCache: int(cache.size / 4)})
	if err != nil {
		return nil, err
	}
	if note != "" {
		p.Notes = append(p.Notes, note)
	}
	if n := x.Several(); n > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: %s samples have more than one image: .jpg is taken before .png and others", quote.Name(at.place), thousands(n)))
	}
	return &shards{index: x, names: names, classes: x.Classes(), opt: opt, images: newImages(x.Len(), opt)}, nil
}
