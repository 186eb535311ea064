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
	f.BoolVar(&w.skip, "skip-unknown", false, "skip and list objects made by classes and functions that are not on the allow-list, and values that are not read, such as complex or float8 tensors; by default such a file is an error")
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
	if err := in.find(w); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// find finds the state dict.
func (in *Input) find(w *Flags) (err error) {
	if !w.skip {
		if err := Skipped(in.File, true); err != nil {
			return err
		}
	}
	in.State, in.Key, in.Beside, err = in.File.State(w.key)
	return Where(err)
}

// FlagError is an error that one of [Flags] settles; it says which.
type FlagError struct{ Err error }

func (e *FlagError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *FlagError) Unwrap() error { return e.Err }

// Where adds to an error of [ckpt.File.State] how to name a state dict, if there is one.
func Where(err error) error {
	switch {
	case errors.Is(err, ckpt.ErrNoState):
		return fmt.Errorf("%w; bcl-ckpt inspect lists what the file holds", err)
	case err != nil:
		return &FlagError{fmt.Errorf("%w; name one with --key", err)}
	}
	return nil
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
	o.Strip, o.Map, o.Unlike = in.Strip, in.Map, in.Unlike()
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
		return &FlagError{fmt.Errorf("%w, with --strip %s", err, serialize.Quote(several.Likely()))}
	case errors.As(err, &misfit) && misfit.Note == "":
		return &FlagError{fmt.Errorf("%w\n--strip PREFIX or --map FILE changes names that are spelled otherwise", err)}
	case errors.Is(err, ckpt.ErrScheme) || errors.Is(err, ckpt.ErrNotWhole):
		return &FlagError{fmt.Errorf("%w; --strip PREFIX and --map FILE change them, --key names another state dict", err)}
	}
	return err
}

// Skipped is the error for a file that names what is not on the allow-list, or that holds
// values that are not read; nil if it does neither. flag is whether the command has
// --skip-unknown.
func Skipped(f *ckpt.File, flag bool) error {
	const most = 10
	some := func(names []string) string { return Some(names, most, fmt.Sprintf("%d more", len(names)-most)) }
	var unread []string
	for _, v := range f.Unread() {
		unread = append(unread, fmt.Sprintf("%.80s (%s)", serialize.Quote(v.Name), v.Value))
	}
	var what, skips string
	switch {
	case len(f.Unknown) > 0:
		are := "is"
		if len(f.Unknown) > 1 {
			are = "are"
		}
		what = fmt.Sprintf("%s %s not on the allow-list (nothing in the file was executed)", some(f.Unknown), are)
		skips = "the objects made by it"
		if made := f.Skipped(); len(made) > 0 {
			skips += ", at " + some(made)
		}
		if len(unread) > 0 {
			skips += ", and " + list(unread)
		}
	case len(unread) > 0:
		what, skips = "it holds what is not read: "+list(unread), "that"
		if len(unread) > 1 {
			skips = "those"
		}
	default:
		return nil
	}
	if flag {
		what += "; --skip-unknown skips " + skips
	} else {
		what += "; bcl-ckpt convert --skip-unknown writes the rest to another file"
	}
	err := fmt.Errorf("%s: %s; bcl-ckpt inspect lists the file", serialize.Quote(f.Path), what)
	if flag {
		return &FlagError{err}
	}
	return err
}

// list writes a few values that are quoted already.
func list(values []string) string {
	const most = 5
	text := strings.Join(values[:min(len(values), most)], ", ")
	if len(values) > most {
		text += fmt.Sprintf(" and %d more", len(values)-most)
	}
	return text
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
