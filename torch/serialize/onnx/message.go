package onnx

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Wire types of Protocol Buffers.
const (
	varint = 0
	sized  = 2
	fixed4 = 5
)

// message is a message of Protocol Buffers whose size is known before it is written, as
// the fields around it need.
type message struct {
	parts []part
	size  int64
}

// part is bytes, or what source writes after them.
type part struct {
	head   []byte
	size   int64 // of what source writes
	source func(w io.Writer) error
}

func (m *message) add(p part) {
	m.parts = append(m.parts, p)
	m.size += int64(len(p.head)) + p.size
}

func key(field, wire int) []byte { return binary.AppendUvarint(nil, uint64(field<<3|wire)) }

func (m *message) int(field int, v int64) {
	m.add(part{head: binary.AppendUvarint(key(field, varint), uint64(v))})
}

func (m *message) float(field int, v float32) {
	m.add(part{head: binary.LittleEndian.AppendUint32(key(field, fixed4), math.Float32bits(v))})
}

func (m *message) text(field int, s string) {
	m.add(part{head: append(binary.AppendUvarint(key(field, sized), uint64(len(s))), s...)})
}

func (m *message) message(field int, sub *message) {
	m.add(part{head: binary.AppendUvarint(key(field, sized), uint64(sub.size))})
	m.parts = append(m.parts, sub.parts...)
	m.size += sub.size
}

func (m *message) stream(field int, size int64, source func(w io.Writer) error) {
	m.add(part{head: binary.AppendUvarint(key(field, sized), uint64(size)), size: size, source: source})
}

func (m *message) writeTo(w io.Writer) error {
	for _, p := range m.parts {
		if _, err := w.Write(p.head); err != nil {
			return err
		}
		if p.source == nil {
			continue
		}
		c := &counter{w: w}
		if err := p.source(c); err != nil {
			return err
		}
		if c.n != p.size {
			return fmt.Errorf("onnx: %d bytes of weights were written, expected %d", c.n, p.size)
		}
	}
	return nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
