package tfevents

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is TFRecord's checksum: CRC-32C, rotated, plus a constant.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// record frames data: its length, the length's checksum, the data, the data's checksum.
func record(data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, len(data)+16), uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, masked(b))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint32(b, masked(data))
}

// next returns the data of the first record of b, and how many bytes it takes; ok is false at
// the end, and where a record is torn or damaged.
func next(b []byte) (data []byte, size int, ok bool) {
	if len(b) < 16 || masked(b[:8]) != binary.LittleEndian.Uint32(b[8:]) {
		return nil, 0, false
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(len(b)-16) {
		return nil, 0, false
	}
	data = b[12 : 12+n]
	return data, int(n) + 16, masked(data) == binary.LittleEndian.Uint32(b[12+n:])
}

// message is a protobuf message under construction.
type message []byte

// Wire types of fields.
const (
	varint  = 0
	fixed64 = 1
	bytes   = 2
	fixed32 = 5
)

func (m *message) key(field, wire int) { *m = binary.AppendUvarint(*m, uint64(field<<3|wire)) }

func (m *message) uint(field int, v uint64) {
	m.key(field, varint)
	*m = binary.AppendUvarint(*m, v)
}

func (m *message) double(field int, v float64) {
	m.key(field, fixed64)
	*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(v))
}

func (m *message) float(field int, v float32) {
	m.key(field, fixed32)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

func (m *message) bytes(field int, v []byte) {
	m.key(field, bytes)
	*m = append(binary.AppendUvarint(*m, uint64(len(v))), v...)
}

// stepOf returns the step of an Event, its field 2; 0 without one.
func stepOf(event []byte) int64 {
	for len(event) > 0 {
		key, n := binary.Uvarint(event)
		if n <= 0 {
			return 0
		}
		event = event[n:]
		size := 0
		switch key & 7 {
		case varint:
			v, n := binary.Uvarint(event)
			if n <= 0 {
				return 0
			}
			if key>>3 == 2 {
				return int64(v)
			}
			size = n
		case fixed64:
			size = 8
		case fixed32:
			size = 4
		case bytes:
			v, n := binary.Uvarint(event)
			if n <= 0 || v > uint64(len(event)-n) {
				return 0
			}
			size = n + int(v)
		default:
			return 0
		}
		if size > len(event) {
			return 0
		}
		event = event[size:]
	}
	return 0
}
