package weights

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/serialize"
)

// Flags say where in a file the weights are and under what names.
type Flags struct {
	key, strip, mapFile string
	skip                bool
}

// Register adds the flags, which are the same for all commands.
func Register(f *pflag.FlagSet) *Flags {
	w := &Flags{}
	f.StringVar(&w.key, "key", "", "key of the state dict in the file, such as state_dict or a.b.0; found by default")
	f.StringVar(&w.strip, "strip", "", "remove a `PREFIX` from the names; of several networks the one below it is used")
	f.StringVar(&w.mapFile, "map", "", "`FILE` of replacements, applied in order after --strip: lines \"regexp => replacement\", or YAML by its extension")
	f.BoolVar(&w.skip, "skip-unknown", false, "skip and list objects made by classes and functions that are not on the allow-list; by default such a file is an error")
	return w
}

// Input is an open file and the state dict in it, under the file's names.
type Input struct {
	*ckpt.File
	State  []ckpt.Tensor
	Key    string   // where in the file the state dict is
	Beside []string // what else is beside it
	Strip  string
	Map    []ckpt.KeyMapping
}

// Open opens a file and finds its state dict. What the file names and is not on the
// allow-list is an error without --skip-unknown.
func (w *Flags) Open(path string) (*Input, error) {
	in := &Input{Strip: w.strip}
	var err error
	if in.Map, err = w.mappings(); err != nil {
		return nil, err
	}
	if in.File, err = ckpt.OpenWith(path, ckpt.OpenOptions{SkipUnknown: true}); err != nil {
		return nil, err
	}
	if len(in.Unknown) > 0 && !w.skip {
		err = Unknown(in.File)
	} else if in.State, in.Key, in.Beside, err = in.File.State(w.key); err != nil {
		err = fmt.Errorf("%w; name one with --key", err)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (w *Flags) mappings() ([]ckpt.KeyMapping, error) {
	if w.mapFile == "" {
		return nil, nil
	}
	return ckpt.ReadKeyMapping(w.mapFile)
}

// Inspect describes a file, whatever it names.
func (w *Flags) Inspect(path string) (*ckpt.Info, error) {
	m, err := w.mappings()
	if err != nil {
		return nil, err
	}
	f, err := ckpt.OpenWith(path, ckpt.OpenOptions{SkipUnknown: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := ckpt.InspectAt(f, w.key, ckpt.BackboneOptions{Strip: w.strip, Map: m})
	if err != nil {
		return nil, Explain(err)
	}
	return info, nil
}

// Backbone takes the backbone out of the file. What o says of names and of the
// architecture is replaced by what the flags and the file say.
func (in *Input) Backbone(o ckpt.BackboneOptions) (*ckpt.Extracted, error) {
	o.Strip, o.Map, o.Architecture = in.Strip, in.Map, in.Architecture()
	b, err := ckpt.BackboneOf(in.State, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", serialize.Quote(in.Path), Explain(err))
	}
	return b, nil
}

// Explain adds to an error of names the flags that settle it.
func Explain(err error) error {
	var several *ckpt.Networks
	var misfit *ckpt.Misfit
	switch {
	case errors.As(err, &several):
		return fmt.Errorf("%w, with --strip %s", err, serialize.Quote(several.Likely()))
	case errors.As(err, &misfit) && misfit.Note == "":
		return fmt.Errorf("%w\n--strip PREFIX or --map FILE changes names that are spelled otherwise", err)
	case errors.Is(err, ckpt.ErrScheme) || errors.Is(err, ckpt.ErrNotWhole):
		return fmt.Errorf("%w; --strip PREFIX and --map FILE change them, --key names another state dict", err)
	}
	return err
}

// Unknown is the error for a file that names what is not on the allow-list.
func Unknown(f *ckpt.File) error {
	const most = 10
	are := "is"
	if len(f.Unknown) > 1 {
		are = "are"
	}
	return fmt.Errorf("%s: %s %s not on the allow-list (nothing in the file was executed); --skip-unknown skips the objects made by it, bcl-ckpt inspect lists the file",
		serialize.Quote(f.Path), Some(f.Unknown, most, fmt.Sprintf("%d more", len(f.Unknown)-most)), are)
}

// Some writes a few names in quotes, and more for the others.
func Some(names []string, most int, more string) string {
	var out []string
	for _, n := range names[:min(len(names), most)] {
		out = append(out, fmt.Sprintf("%.80q", n))
	}
	if len(names) > most {
		out = append(out, more)
	}
	return strings.Join(out, ", ")
}
