package rgb

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"
)

// xmpMagic begins an APP1 segment with XMP.
const xmpMagic = "http://ns.adobe.com/xap/1.0/\x00"

// jpegHeld reads the APP1 segments before the pixels: a long EXIF block is split among
// several, of XMP the last counts. What is between segments is passed over.
func jpegHeld(data []byte) (h held) {
	for p := 2; p+4 <= len(data); {
		marker := data[p+1]
		switch {
		case data[p] != 0xff || marker == 0xff:
			p++
			continue
		case marker == 0xda: // the pixels
			return h
		case marker <= 1 || marker >= 0xd0 && marker <= 0xd9: // without contents
			p += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(data[p+2:]))
		if n < 2 || p+2+n > len(data) {
			return h
		}
		seg := data[p+4 : p+2+n]
		if block, ok := bytes.CutPrefix(seg, []byte(exifMagic)); ok && marker == 0xe1 {
			if h.exif == nil {
				block = seg
			}
			h.exif = append(h.exif[:len(h.exif):len(h.exif)], block...)
		}
		if xmp, ok := bytes.CutPrefix(seg, []byte(xmpMagic)); ok && marker == 0xe1 {
			h.xmp = xmp
		}
		p += 2 + n
	}
	return h
}

// pngHeld reads the chunks up to IEND: of several the last counts, and without an eXIf chunk
// the text in which ImageMagick keeps EXIF.
func pngHeld(data []byte) (h held) {
	var raw, xmp []byte
	for rest := data[len(pngMagic):]; ; {
		kind, body, after, err := pngChunk(rest)
		if err != nil || len(after) < 4 || kind == "IEND" || !isChunk(kind) {
			break
		}
		rest = after[4:]
		if kind == "eXIf" {
			h.exif = body
			continue
		}
		switch key, text, plain := pngText(kind, body); key {
		case "exif":
			if kind == "tEXt" {
				h.exif = text
			}
		case "Raw profile type exif":
			if plain {
				raw = text
			}
		case "XML:com.adobe.xmp":
			if plain {
				h.xmp = text
			}
			xmp = text
		}
	}
	if h.exif == nil {
		h.exif = rawProfile(raw)
	}
	if len(h.xmp) == 0 {
		h.xmp = xmp
	}
	return h
}

// maxText is how long Pillow lets an inflated text be.
const maxText = 1 << 20

// pngText returns the key and the text of a chunk tEXt, zTXt or iTXt, and whether it is text
// in its encoding; "" for another chunk or a broken one.
func pngText(kind string, body []byte) (key string, text []byte, plain bool) {
	name, text, ok := bytes.Cut(body, []byte{0})
	switch {
	case kind == "tEXt" && ok:
		return string(name), text, true
	case kind == "zTXt" && len(text) > 1 && text[0] == 0:
		text = inflated(text[1:])
		return string(name), text, true
	case kind == "iTXt" && len(text) >= 2:
		method := text[:2]
		parts := bytes.SplitN(text[2:], []byte{0}, 3) // language, translated key, text
		if len(parts) < 3 || method[0] != 0 && method[1] != 0 {
			return "", nil, false
		}
		text = parts[2]
		if method[0] != 0 {
			text = inflated(text)
		}
		return string(name), text, utf8.Valid(text) && utf8.Valid(parts[0]) && utf8.Valid(parts[1])
	}
	return "", nil, false
}

// inflated returns nil for a broken or too long stream.
func inflated(b []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(z, maxText+1))
	if err != nil || len(text) > maxText {
		return nil
	}
	return text
}

// rawProfile reads ImageMagick's form: an empty line, a name, a length, and hexadecimal lines.
func rawProfile(text []byte) []byte {
	lines := strings.SplitN(string(text), "\n", 4)
	if len(lines) < 4 {
		return nil
	}
	block, err := hex.DecodeString(strings.Join(strings.Fields(lines[3]), ""))
	if err != nil {
		return nil
	}
	return block
}

// webpHeld reads the chunks EXIF and XMP, the first of each, of a file whose VP8X chunk says
// that it has them.
func webpHeld(data []byte) (h held) {
	if len(data) <= 20 || string(data[12:16]) != "VP8X" {
		return h
	}
	const hasEXIF, hasXMP = 8, 4
	flags := data[20]
	for p := 12; p+8 <= len(data); {
		n := uint64(binary.LittleEndian.Uint32(data[p+4:]))
		if n > uint64(len(data)-p-8) {
			break
		}
		body := data[p+8:][:n]
		switch kind := string(data[p : p+4]); {
		case kind == "EXIF" && h.exif == nil && flags&hasEXIF != 0:
			h.exif = body
		case kind == "XMP " && h.xmp == nil && flags&hasXMP != 0:
			h.xmp = body
		}
		p += 8 + int(n+n&1)
	}
	return h
}

// tiffHeld is of a file that is a TIFF block itself.
func tiffHeld(data []byte) held {
	const tagXMP, bytes, undefined = 700, 1, 7
	h := held{exif: data}
	if _, kind, xmp := tiffEntry(data, tagXMP); kind == bytes || kind == undefined {
		h.xmp = xmp
	}
	return h
}

func notHeld([]byte) held { return held{} }
