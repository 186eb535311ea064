package rgb

import (
	"encoding/binary"
	"math"
)

// tiffTypes are the sizes of the types of values in a TIFF directory, as Pillow knows them.
var tiffTypes = map[uint16]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}

// tiffNumber returns the first value of a tag in the first directory of a TIFF block, of any
// type of numbers, and whether the tag is there. The value is 0 if it is no whole number
// that fits an int32.
func tiffNumber(tiff []byte, tag uint16) (value int, there bool) {
	order, kind, data := tiffEntry(tiff, tag)
	if data == nil {
		return 0, false
	}
	return tiffValue(order, kind, data), true
}

// tiffEntry returns the values of a tag, nil if it is not there, and their type. Damaged
// entries are passed over, or end the directory, where Pillow's ImageFileDirectory_v2 does
// so.
func tiffEntry(tiff []byte, tag uint16) (order binary.ByteOrder, kind uint16, values []byte) {
	if len(tiff) < 8 {
		return nil, 0, nil
	}
	switch string(tiff[:4]) {
	case "II*\x00", "II\x00*": // the second of each is wrong, and read all the same
		order = binary.LittleEndian
	case "MM\x00*", "MM*\x00":
		order = binary.BigEndian
	default:
		return nil, 0, nil
	}
	limit := uint64(len(tiff))
	ifd := uint64(order.Uint32(tiff[4:]))
	if ifd+2 > limit {
		return nil, 0, nil
	}
	entries, total := tiff[ifd+2:], uint64(0)
	for range order.Uint16(tiff[ifd:]) {
		if len(entries) < 12 {
			return nil, 0, nil
		}
		e := entries[:12]
		entries = entries[12:]
		kind := order.Uint16(e[2:])
		size, known := tiffTypes[kind]
		if size *= uint64(order.Uint32(e[4:])); !known || size == 0 {
			continue
		}
		at, data := uint64(order.Uint32(e[8:])), e[8:12]
		if size > 4 {
			if total += size; total > limit {
				continue
			}
			if at+size > limit {
				return nil, 0, nil
			}
			data = tiff[at:][:size]
		}
		if order.Uint16(e) == tag {
			return order, kind, data
		}
	}
	return nil, 0, nil
}

// tiffValue reads a number of a type, 0 if it is no whole one of an int32.
func tiffValue(order binary.ByteOrder, kind uint16, b []byte) int {
	v := 0.0
	switch kind {
	case 3:
		v = float64(order.Uint16(b))
	case 4, 13:
		v = float64(order.Uint32(b))
	case 5:
		v = float64(order.Uint32(b)) / float64(order.Uint32(b[4:]))
	case 6:
		v = float64(int8(b[0]))
	case 8:
		v = float64(int16(order.Uint16(b)))
	case 9:
		v = float64(int32(order.Uint32(b)))
	case 10:
		v = float64(int32(order.Uint32(b))) / float64(int32(order.Uint32(b[4:])))
	case 11:
		v = float64(math.Float32frombits(order.Uint32(b)))
	case 12:
		v = math.Float64frombits(order.Uint64(b))
	case 16:
		v = float64(order.Uint64(b))
	}
	if v == math.Trunc(v) && math.Abs(v) <= math.MaxInt32 {
		return int(v)
	}
	return 0
}
