package pickle

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads the argument of an opcode that pushes a str or bytes.
func (d *Decoder) str(op byte) any {
	switch op {
	case opString:
		return must(d.opts.py2string(must(unquote(d.in.line()))))
	case opUnicode:
		return must(rawUnicode(d.in.line()))
	}
	size := 4
	switch op {
	case opShortBinString, opShortBinBytes, opShortBinUnicode:
		size = 1
	case opBinUnicode8, opBinBytes8, opByteArray8:
		size = 8
	}
	b := d.in.bytes(d.in.uint(size))
	switch op {
	case opBinString, opShortBinString:
		return must(d.opts.py2string(b))
	case opBinUnicode, opShortBinUnicode, opBinUnicode8:
		if !utf8.Valid(b) {
			panic(failure("a str is not UTF-8: %.40q", b))
		}
		return string(b)
	}
	return b
}

// unquote reads a Python 2 string literal, with its quotes and escapes.
func unquote(s string) ([]byte, error) {
	s = strings.TrimRight(s, " \t\r")
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return nil, fmt.Errorf("a string without quotes: %.40q", s)
	}
	s = s[1 : len(s)-1]
	simple := map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'a': 7, 'b': 8, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i++; i == len(s) {
			return nil, fmt.Errorf("a string ends in a backslash")
		}
		c := s[i]
		switch {
		case simple[c] != 0:
			out = append(out, simple[c])
		case c == 'x':
			if i+3 > len(s) {
				return nil, fmt.Errorf(`a string with a short \x`)
			}
			u, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return nil, fmt.Errorf(`a string with \x%q`, s[i+1:i+3])
			}
			out = append(out, byte(u))
			i += 2
		case '0' <= c && c <= '7':
			u := 0
			for n := 0; n < 3 && i < len(s) && '0' <= s[i] && s[i] <= '7'; n++ {
				u = u*8 + int(s[i]-'0')
				i++
			}
			i--
			out = append(out, byte(u))
		default: // Python keeps an unknown escape as it is
			out = append(out, '\\', c)
		}
	}
	return out, nil
}

// rawUnicode reads the "raw-unicode-escape" encoding: latin-1 with \uXXXX and
// \UXXXXXXXX for the rest.
func rawUnicode(s string) (string, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = utf8.AppendRune(out, rune(s[i]))
			continue
		}
		i++
		n := map[byte]int{'u': 4, 'U': 8}[s[i]]
		if n == 0 {
			out = append(out, '\\')
			out = utf8.AppendRune(out, rune(s[i]))
			continue
		}
		if i+1+n > len(s) {
			return "", fmt.Errorf(`a str with a short \%c`, s[i])
		}
		u, err := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
		if err != nil || !utf8.ValidRune(rune(u)) {
			return "", fmt.Errorf(`a str with \%c%q`, s[i], s[i+1:i+1+n])
		}
		out = utf8.AppendRune(out, rune(u))
		i += n
	}
	return string(out), nil
}
