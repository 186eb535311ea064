package pickle

import (
	"fmt"
	"unicode/utf8"
)

// Strings is the conversion of Python 2's str, which is text or bytes.
type Strings int

const (
	// Auto converts valid UTF-8 to string, and the rest to []byte.
	Auto Strings = iota
	// Bytes converts everything to []byte: encoding='bytes' in Python 3.
	Bytes
	// Text converts to string and refuses what is not UTF-8: encoding='utf-8'.
	Text
	// Latin1 converts to strings of the characters 0 to 255: encoding='latin1'.
	Latin1
)

// DefaultMaxSize is the default of [Options].MaxSize, in bytes.
const DefaultMaxSize = 1 << 31

// Options of a [Decoder]. The zero value reads plain data and refuses all
// globals and persistent ids.
type Options struct {
	// FindClass resolves a global; the error must give its name. See [AllowList].
	FindClass func(module, name string) (any, error)
	// PersistentLoad resolves a persistent id, which in files of PyTorch is a
	// tuple that describes a storage.
	PersistentLoad func(id any) (any, error)
	// Strings is the conversion of Python 2's str.
	Strings Strings
	// SkipUnsupported reads an *[Opaque] in place of a value that is [Unsupported], which
	// is an error otherwise.
	SkipUnsupported bool
	// State, if it is set, gets the state (BUILD) of an Opaque of an unknown global, and
	// returns the value to take its place; nil drops the state.
	State func(o *Opaque, state any) any
	// MaxSize limits the bytes of one pickle; 0 means DefaultMaxSize.
	MaxSize int64
}

// py2string converts Python 2's str as the options say.
func (o *Options) py2string(b []byte) (any, error) {
	switch o.Strings {
	case Bytes:
		return b, nil
	case Latin1:
		return latin1(b), nil
	}
	if utf8.Valid(b) {
		return string(b), nil
	}
	if o.Strings == Text {
		return nil, fmt.Errorf("a Python 2 str is not UTF-8: %.40q", b)
	}
	return b, nil
}

func latin1(b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return string(out)
}
