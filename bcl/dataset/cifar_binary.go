package dataset

import (
	"os"
	"strings"
)

// cifarBinary is the form for C programs: records of labelBytes labels (coarse and fine
// for CIFAR-100; the last is used) and 3,072 bytes of colour.
type cifarBinary struct{ labelBytes int }

// names has one name per line.
func (b cifarBinary) names(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	return strings.Fields(string(text)), err
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
