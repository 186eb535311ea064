package cli

import (
	"testing"

	"github.com/bcl-go/bcl/bcl/settings"
)

func TestSettings(t *testing.T) {
	var (
		on    bool
		n     = 3
		seed  uint64
		x     = 0.5
		word  = "a"
		words []string
	)
	list := []settings.Setting{
		{Name: "on", Value: &on}, {Name: "count", Value: &n}, {Name: "seed", Value: &seed},
		{Name: "x", Value: &x}, {Name: "word", Value: &word}, {Name: "words", Value: &words},
	}
	fs := NewFlags("test")
	AddSettings(fs, list)
	if got := fs.Lookup("count").DefValue; got != "3" {
		t.Errorf("default %s", got)
	}
	if err := fs.Parse([]string{"--on", "--count=-1", "--seed=7", "--x=2", "--word=b", "--words=c,d"}); err != nil {
		t.Fatal(err)
	}
	if !on || n != -1 || seed != 7 || x != 2 || word != "b" || len(words) != 2 {
		t.Error(on, n, seed, x, word, words)
	}
}
