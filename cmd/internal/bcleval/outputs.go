package bcleval

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// checkIdle returns an error if a flag names a file that no classifier of --by writes, and
// tells of other settings of classifiers that are not there.
func (o *options) checkIdle(say func(format string, args ...any)) error {
	for _, c := range o.classifiers {
		spec := c.Spec()
		if slices.Contains(eval.Names(o.chosen), spec.Name) {
			continue
		}
		for _, s := range spec.Settings {
			switch {
			case !o.flags.Changed(s.Name):
			case s.Output:
				return cli.Usagef("--%s does nothing without %s in --by", s.Name, spec.Name)
			default:
				say("--%s does nothing without %s in --by", s.Name, spec.Name)
			}
		}
	}
	for _, shared := range []struct {
		flag string
		used func(eval.Spec) bool
	}{
		{"val-list", func(s eval.Spec) bool { return s.Validation }},
		{"finetune-crop", func(s eval.Spec) bool { return s.Crops }},
	} {
		uses := func(c eval.Classifier) bool { return shared.used(c.Spec()) }
		if o.flags.Changed(shared.flag) && !slices.ContainsFunc(o.chosen, uses) {
			of := slices.DeleteFunc(slices.Clone(o.classifiers), func(c eval.Classifier) bool { return !uses(c) })
			say("--%s does nothing without %s in --by", shared.flag, strings.Join(eval.Names(of), " or "))
		}
	}
	return nil
}

// checkFiles returns an error if an output file cannot or may not be written: that must not
// show only after hours of evaluation.
func (o *options) checkFiles(s *eval.Suite) error {
	type output struct{ flag, path string }
	outputs := []output{{"csv", o.csv}, {"tail-curve", o.tailFile}}
	for _, c := range o.chosen {
		spec := c.Spec()
		if spec.Files == nil {
			continue
		}
		at := slices.IndexFunc(spec.Settings, func(s settings.Setting) bool { return s.Output })
		for _, path := range spec.Files(s) {
			outputs = append(outputs, output{spec.Settings[at].Name, path})
		}
	}
	by := map[string]string{} // the flag that names a file
	for _, f := range outputs {
		if f.path == "" {
			continue
		}
		abs, err := filepath.Abs(f.path)
		if err != nil {
			return err
		}
		if other, twice := by[abs]; twice {
			return cli.Usagef("--%s and --%s both name %s", other, f.flag, quote.Name(f.path))
		}
		by[abs] = f.flag
		if err := o.checkFile(f.path); err != nil {
			return fmt.Errorf("--%s: %w", f.flag, err)
		}
	}
	return nil
}

// checkFile checks one, that it is not what is evaluated, and that it can be created.
func (o *options) checkFile(path string) error {
	for _, in := range o.source.files() {
		a, errA := os.Stat(path)
		b, errB := os.Stat(in)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return fmt.Errorf("%s is what is evaluated: choose another name", quote.Name(path))
		}
	}
	if err := cli.CheckOut(path, o.force); err != nil {
		return err
	}
	file, err := atomicfile.Create(path)
	if err == nil {
		file.Abort()
	}
	return err
}
