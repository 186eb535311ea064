package bclrepro

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bcl-go/bcl/cmd/internal/bclckpt"
	"github.com/bcl-go/bcl/cmd/internal/bcldata"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
)

// The help of every command fits 80 columns and calls values as people do. The short one
// has the most used flags, --help-all has all of them.
func TestHelp(t *testing.T) {
	help := func(main func([]string, io.Writer, io.Writer) int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := main(args, &out, &errs); code != 0 || errs.Len() > 0 {
			t.Errorf("%v: exit code %d: %s", args, code, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if utf8.RuneCountInString(strings.TrimSpace(line)) > 80 && !strings.Contains(line, "torch.nn.Identity()") {
				t.Errorf("%v: a line of more than 80 columns: %s", args, line)
			}
		}
		for _, odd := range []string{"true|false", "Slice", " strings", "[]", " string ", " uint ", " int ", " float "} {
			if strings.Contains(out.String(), odd) {
				t.Errorf("%v: %q is shown", args, odd)
			}
		}
		return out.String()
	}
	for name, c := range map[string]struct {
		main         func([]string, io.Writer, io.Writer) int
		common, rare string
	}{
		"bcl-train": {bcltrain.Main, "--epochs N ", "--harmonize-floor N "},
		"bcl-eval":  {bcleval.Main, "--by LIST ", "--lbfgs-penalty X "},
		"bcl-repro": {Main, "--data PLACE ", "--pvc NAME "},
	} {
		short, all := help(c.main, "--help"), help(c.main, "--help-all")
		if !strings.Contains(short, c.common) || strings.Contains(short, c.rare) || !strings.Contains(short, " more flags: "+name+" --help-all") {
			t.Errorf("%s --help is not the short help: %s", name, short)
		}
		if !strings.Contains(all, c.common) || !strings.Contains(all, c.rare) || strings.Contains(all, "more flags") {
			t.Errorf("%s --help-all is not the whole help: %s", name, all)
		}
	}
	for _, sub := range []string{"inspect", "split", "verify", "export", "fetch"} {
		help(bcldata.Main, sub, "--help")
	}
	for _, sub := range []string{"inspect", "convert", "diff", "extract-backbone", "verify", "schemes"} {
		help(bclckpt.Main, sub, "--help")
	}
	help(bcldata.Main, "--help")
	help(bclckpt.Main, "--help")
}
