package ckpt

import (
	"bytes"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// notWeights says what a file is that is no file of weights, by its first bytes, and what
// to do; "" where they say nothing.
func notWeights(start []byte) string {
	text := strings.ToLower(strings.TrimLeft(string(start), "\ufeff \t\r\n"))
	for _, c := range []struct {
		is   bool
		what string
	}{
		{bytes.HasPrefix(start, []byte("version https://git-lfs.github.com/")), "a pointer of Git LFS, not the file itself: fetch that with git lfs pull"},
		{strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html"), "a web page (HTML), such as a login or an error in place of the file: download it again"},
		{strings.HasPrefix(text, "<?xml"), "XML, such as a server's error in place of the file: download it again"},
		{strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["), "JSON text: an index or a configuration, beside which the weights are"},
		{bytes.HasPrefix(start, []byte("\x1f\x8b")), "compressed by gzip: unpack it with gunzip, and tar if it is a .tar.gz"},
		{bytes.HasPrefix(start, []byte("BZh")), "compressed by bzip2: unpack it first"},
		{bytes.HasPrefix(start, []byte("\xfd7zXZ")), "compressed by xz: unpack it first"},
		{bytes.HasPrefix(start, []byte("\x28\xb5\x2f\xfd")), "compressed by zstd: unpack it first"},
		{len(start) > 0 && len(bytes.Trim(start, "\x00")) == 0, "zeros at its beginning: it was never written in full; copy or download it again"},
		{serialize.IsTar(start) && start[0] != 0x80, "a tar archive: unpack it first"},
	} {
		if c.is {
			return c.what
		}
	}
	return ""
}
