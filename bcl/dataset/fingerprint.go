package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Fingerprint returns the SHA-256 of the class names of ds and of the name and label of
// every sample, in order. Index lists mean the same for two sets if and only if these are
// equal. Pixels are not read. CIFAR's two forms have the same fingerprint, and moving a
// folder does not change it.
func Fingerprint(ds Dataset) string {
	h := sha256.New()
	w := bufio.NewWriter(h) // neither can fail
	fmt.Fprintf(w, "bcl source 1\n%d\n", len(ds.Classes()))
	for _, c := range ds.Classes() {
		fmt.Fprintf(w, "%q\n", c)
	}
	var line []byte
	for i := range ds.Len() {
		line = strconv.AppendInt(line[:0], int64(ds.Label(i)), 10)
		line = strconv.AppendQuote(append(line, ' '), ds.Name(i))
		w.Write(append(line, '\n'))
	}
	w.Flush()
	return hex.EncodeToString(h.Sum(nil))
}

// FileHash returns the SHA-256 of a file in hexadecimal, as manifests have it.
func FileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
