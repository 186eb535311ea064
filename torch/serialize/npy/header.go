package npy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// header is the contents of a file's header dict.
type header struct {
	descr   string // "" of a structured type
	fortran bool
	shape   []int
}

// parser parses the dict literal, once from left to right.
type parser struct {
	s   string
	pos int
}

func (p *parser) fail(format string, args ...any) error {
	return fmt.Errorf("npy: header at byte %d: %s", p.pos, fmt.Sprintf(format, args...))
}

func (p *parser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\n\r", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

// eat skips white space and then c, if present.
func (p *parser) eat(c byte) bool {
	p.space()
	if p.pos < len(p.s) && p.s[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func parseHeader(text string, version byte) (header, error) {
	var h header
	p := &parser{s: text}
	if !strings.HasSuffix(text, "\n") {
		return h, p.fail("does not end in a newline")
	}
	if version == 3 && !utf8.ValidString(text) {
		return h, p.fail("is not UTF-8")
	}
	if !p.eat('{') {
		return h, p.fail("expected '{'")
	}
	seen := map[string]bool{}
	for !p.eat('}') {
		key, err := p.str()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, p.fail("the key %q is repeated", key)
		}
		seen[key] = true
		if !p.eat(':') {
			return h, p.fail("expected ':' after the key %q", key)
		}
		switch key {
		case "descr":
			if p.eat('[') {
				err = p.fields()
			} else {
				h.descr, err = p.str()
			}
		case "fortran_order":
			h.fortran, err = p.boolean()
		case "shape":
			h.shape, err = p.tuple()
		default:
			err = p.fail("unknown key %q; expected descr, fortran_order and shape", key)
		}
		if err != nil {
			return h, err
		}
		if !p.eat(',') {
			if !p.eat('}') {
				return h, p.fail("expected ',' or '}'")
			}
			break
		}
	}
	if p.space(); p.pos != len(p.s) {
		return h, p.fail("%d bytes after the dict", len(p.s)-p.pos)
	}
	if len(seen) != 3 {
		return h, p.fail("%d of the keys descr, fortran_order and shape are present", len(seen))
	}
	return h, nil
}

// str reads a quoted string; escapes never occur in the headers we accept.
func (p *parser) str() (string, error) {
	p.space()
	if p.pos >= len(p.s) || p.s[p.pos] != '\'' && p.s[p.pos] != '"' {
		return "", p.fail("expected a string")
	}
	end := strings.IndexByte(p.s[p.pos+1:], p.s[p.pos])
	if end < 0 {
		return "", p.fail("unterminated string")
	}
	s := p.s[p.pos+1 : p.pos+1+end]
	if strings.ContainsAny(s, "\\\n") {
		return "", p.fail("a string with escapes: %q", s)
	}
	p.pos += end + 2
	return s, nil
}

// fields passes over the fields of a structured type, behind its first bracket.
func (p *parser) fields() error {
	for depth := 1; depth > 0; {
		p.space()
		if p.pos == len(p.s) {
			return p.fail("a structured type that does not end")
		}
		switch p.s[p.pos] {
		case '[':
			depth++
		case ']':
			depth--
		case '\'', '"':
			if _, err := p.str(); err != nil {
				return err
			}
			continue
		}
		p.pos++
	}
	return nil
}

func (p *parser) boolean() (bool, error) {
	p.space()
	for _, word := range []string{"True", "False"} {
		if strings.HasPrefix(p.s[p.pos:], word) {
			p.pos += len(word)
			return word == "True", nil
		}
	}
	return false, p.fail("expected True or False")
}

// tuple reads "()", "(3,)", "(3, 4)" or Python 2's "(3L, 4L)".
func (p *parser) tuple() ([]int, error) {
	if !p.eat('(') {
		return nil, p.fail("expected '('")
	}
	shape, comma := []int{}, false
	for !p.eat(')') {
		if len(shape) > 0 && !comma {
			return nil, p.fail("expected ',' or ')'")
		}
		p.space()
		start := p.pos
		for p.pos < len(p.s) && '0' <= p.s[p.pos] && p.s[p.pos] <= '9' {
			p.pos++
		}
		n, err := strconv.Atoi(p.s[start:p.pos])
		if err != nil {
			return nil, p.fail("a dimension is not a number: %q", p.s[start:p.pos])
		}
		if p.pos < len(p.s) && p.s[p.pos] == 'L' {
			p.pos++
		}
		if len(shape) == MaxDims {
			return nil, p.fail("more than %d dimensions", MaxDims)
		}
		shape = append(shape, n)
		comma = p.eat(',')
	}
	if len(shape) == 1 && !comma {
		return nil, p.fail("a tuple of one number needs a comma")
	}
	return shape, nil
}
