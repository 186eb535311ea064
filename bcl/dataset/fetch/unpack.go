package fetch

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// most is the limit for the unpacked size; the published archives have 190 MB.
var most int64 = 256 << 20 // a test lowers it

// unpack writes the files of the archive to a temporary folder in dir and renames it.
// Files that nobody reads are skipped; entries that do not belong into a data set are an
// error, even though the hash was right: the list of hashes may be wrong.
func (a archive) unpack(ctx context.Context, r io.ReadSeeker, dir string) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, "."+a.folder+".*.tmp")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := a.unpackTo(ctx, r, tmp); err != nil {
		return fmt.Errorf("%s: %w", a.file, err)
	}
	if err := a.writeSums(tmp); err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, a.folder))
}

func (a archive) unpackTo(ctx context.Context, r io.Reader, to string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	left := &io.LimitedReader{R: z, N: most}
	files := tar.NewReader(left)
	seen := map[string]bool{}
	for {
		h, err := files.Next()
		switch {
		case left.N <= 0:
			return fmt.Errorf("unpacks to more than %d bytes", most)
		case errors.Is(err, io.EOF):
			return a.all(seen)
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if !filepath.IsLocal(h.Name) {
			return fmt.Errorf("name %q is outside the folder", h.Name)
		}
		folder, name := path.Split(path.Clean(h.Name))
		switch {
		case h.Typeflag == tar.TypeDir && path.Clean(h.Name) == a.folder:
			continue
		case h.Typeflag != tar.TypeReg:
			return fmt.Errorf("%q is a link, device or folder, expected a file", h.Name)
		case path.Clean(folder) != a.folder:
			return fmt.Errorf("%q is not in folder %s", h.Name, a.folder)
		case seen[name]:
			return fmt.Errorf("%q is there twice", h.Name)
		}
		seen[name] = true
		if !slices.Contains(a.files, name) {
			continue
		}
		if err := writeFile(filepath.Join(to, name), files); err != nil {
			if left.N <= 0 {
				return fmt.Errorf("unpacks to more than %d bytes", most)
			}
			return err
		}
	}
}

// all returns an error if a file is missing.
func (a archive) all(seen map[string]bool) error {
	for _, name := range a.files {
		if !seen[name] {
			return fmt.Errorf("lacks %s/%s", a.folder, name)
		}
	}
	return nil
}

// writeFile writes a new file and syncs it, before the rename.
func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
