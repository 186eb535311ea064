// Package jpeg decodes JPEG with libjpeg-turbo, which is what Pillow uses: the pixels are
// equal, and so is what is read of damaged files. It is apart from package cgo so that
// programs without libtorch can use it. The library is linked statically; only building
// needs it.
//
// Users import [github.com/bcl-go/bcl/bcl/rgb].
package jpeg

/*
#cgo CFLAGS: -O2 -Wall
#cgo LDFLAGS: -Wl,-Bstatic -ljpeg -Wl,-Bdynamic
#include "jpeg.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// Header is the size of an image and how many components a pixel has in the file: 1
// (grey), 3 (RGB or YCbCr) or 4 (CMYK or YCCK).
type Header struct {
	Width, Height, Components int
}

// Channels is the number of values per pixel that [Decode] gives: 3 (R, G, B), or 4 for
// four components (C, M, Y, K as stored, which is inverted in files of Adobe's).
func (h Header) Channels() int {
	if h.Components == 4 {
		return 4
	}
	return 3
}

// ReadHeader reads the start of data, up to the first scan.
func ReadHeader(data []byte) (Header, error) {
	var h C.bj_header
	var message [C.BJ_MESSAGE]C.char
	rc := C.bj_read_header(pointer(data), C.size_t(len(data)), &h, &message[0])
	if err := result(rc, &message[0]); err != nil {
		return Header{}, err
	}
	return Header{int(h.width), int(h.height), int(h.components)}, nil
}

// Decode returns the pixels of data, whose header is h: Height rows of Width pixels of
// Channels values each. damage is what the decoder passed over, as Pillow does, such as a
// missing restart marker; nil if the data are whole. Data that end early are an
// [io.ErrUnexpectedEOF].
func Decode(data []byte, h Header) (pix []byte, damage, err error) {
	pix = make([]byte, h.Width*h.Height*h.Channels())
	header := C.bj_header{C.int(h.Width), C.int(h.Height), C.int(h.Components)}
	var warnings C.long
	var message [C.BJ_MESSAGE]C.char
	rc := C.bj_decode(pointer(data), C.size_t(len(data)), &header, pointer(pix), &warnings, &message[0])
	if err := result(rc, &message[0]); err != nil {
		return nil, nil, err
	}
	if warnings > 0 {
		damage = errors.New("jpeg: " + C.GoString(&message[0]))
	}
	return pix, damage, nil
}

// Version names the library, such as "libjpeg-turbo 2.1.5".
func Version() string { return C.GoString(C.bj_version()) }

func pointer(b []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))) }

func result(rc C.int, message *C.char) error {
	switch rc {
	case C.BJ_OK:
		return nil
	case C.BJ_TRUNCATED:
		return fmt.Errorf("jpeg: %w", io.ErrUnexpectedEOF)
	}
	return errors.New("jpeg: " + C.GoString(message))
}
