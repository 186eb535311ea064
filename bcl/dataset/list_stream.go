package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// recordReader decodes record i of a list; its error describes what is wrong.
type recordReader func(dec *json.Decoder, i int) error

// records returns the reader of records of type T that calls f with each.
func records[T any](f func(i int, v *T) error) recordReader {
	return func(dec *json.Decoder, i int) error {
		v := new(T)
		if err := dec.Decode(v); err != nil {
			return err
		}
		return f(i, v)
	}
}

// readObject reads a JSON object whose named fields are lists, a record at a time.
// Fields without a reader are skipped. Errors name the file and the record.
func readObject(r io.Reader, file string, fields map[string]recordReader) error {
	dec := json.NewDecoder(r)
	fail := func(at string, err error) error {
		var list *ListError
		if errors.As(err, &list) {
			return err
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // the object has not ended
		}
		var syntax *json.SyntaxError
		if at == "" || errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
			return &ListError{file, at, fmt.Sprintf("byte %d: %v", dec.InputOffset(), err)}
		}
		return &ListError{file, at, err.Error()}
	}
	if err := expect(dec, '{'); err != nil {
		return fail("", err)
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return fail("", err)
		}
		field := fmt.Sprint(key)
		read, wanted := fields[field]
		if !wanted {
			if err := skipValue(dec); err != nil {
				return fail("", err)
			}
			continue
		}
		if seen[field] {
			return fail(field, errors.New("is repeated"))
		}
		seen[field] = true
		if err := expect(dec, '['); err != nil {
			return fail(field, err)
		}
		for i := 0; dec.More(); i++ {
			if err := read(dec, i); err != nil {
				return fail(fmt.Sprintf("%s[%d]", field, i), err)
			}
		}
		if _, err := dec.Token(); err != nil {
			return fail(field, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return fail("", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &ListError{file, "", fmt.Sprintf("byte %d: unexpected data after the object", dec.InputOffset())}
	}
	return nil
}

// expect reads a delimiter.
func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s, expected %v", short(fmt.Sprint(got)), want)
	}
	return nil
}

// skipValue skips a value, token by token, as it may be large.
func skipValue(dec *json.Decoder) error {
	const deepest = 1000
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > deepest {
				return fmt.Errorf("nested deeper than %d", deepest)
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
