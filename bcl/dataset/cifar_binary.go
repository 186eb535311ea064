package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cifarBinary is the form for C programs: records of labelBytes labels (coarse
// and fine for CIFAR-100, of which the last counts) and 3,072 bytes of colour.
type cifarBinary struct {
	meta       string // class names, one a line
	labelBytes int
}

func (b cifarBinary) names(dir string, classes int) ([]string, error) {
	path := filepath.Join(dir, b.meta)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	names := strings.Fields(string(text))
	if len(names) != classes {
		return nil, fmt.Errorf("%s: %d class names, expected %d", path, len(names), classes)
	}
	return names, nil
}

func (b cifarBinary) file(path string, records, classes int, into *cifar) error {
	size := b.labelBytes + cifarBytes
	data, err := readWhole(path, int64(records)*int64(size))
	if err != nil {
		return err
	}
	var scratch [cifarBytes]byte
	for i := range records {
		record := data[i*size:][:size]
		label := int(record[b.labelBytes-1])
		if label >= classes {
			return labelError(path, i, records, int64(label), classes)
		}
		into.add(record[b.labelBytes:], label, &scratch)
	}
	return nil
}
