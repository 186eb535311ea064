package quote

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"a b/Käse 猫🐈.jpg":   "a b/Käse 猫🐈.jpg",
		"a\nbroken: b.jpg":  `"a\nbroken: b.jpg"`,
		"\x1b[2J.png":       `"\x1b[2J.png"`,
		"tab\t.png":         `"tab\t.png"`,
		"gnp.\u202egpj.exe": `"gnp.\u202egpj.exe"`,
		"latin1 \xe9.png":   `"latin1 \xe9.png"`,
	} {
		if got := Name(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestError(t *testing.T) {
	_, err := os.Open("no\nsuch")
	if got := Error(err); got.Error() != `open "no\nsuch": no such file or directory` || !errors.Is(got, fs.ErrNotExist) {
		t.Error(got)
	}
	if other := errors.New("x"); Error(other) != other || Error(nil) != nil {
		t.Error("another error changed")
	}
}
