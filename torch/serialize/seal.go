package serialize

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// A seal is the zip file's comment in a file that [WriteSummed] wrote: the SHA-256
// of all bytes before it.
const (
	sealPrefix = "sha256:"
	sealSize   = len(sealPrefix) + 2*sha256.Size
)

func seal(sum hash.Hash) string { return sealPrefix + hex.EncodeToString(sum.Sum(nil)) }

func (z *zipWriter) sealSize() int {
	if z.sum == nil {
		return 0
	}
	return sealSize
}

// isSeal reports whether a zip file's comment has the form of a seal, in which no
// second end of a zip file can hide.
func isSeal(comment string) bool {
	if len(comment) != sealSize || comment[:len(sealPrefix)] != sealPrefix {
		return false
	}
	for _, c := range []byte(comment[len(sealPrefix):]) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return true
}

// checkSeal compares the seal with the bytes before it.
func (a *archive) checkSeal() error {
	if a.seal == "" {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(a.r, 0, a.size-int64(sealSize))); err != nil {
		return fmt.Errorf("%s: %w", a.name, err)
	}
	if got := seal(sum); got != a.seal {
		return fmt.Errorf("%s: the file's contents have %.23s..., its end has %.23s...: it was damaged or changed", a.name, got, a.seal)
	}
	return nil
}
