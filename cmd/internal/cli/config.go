package cli

import (
	"fmt"
	"os"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
)

// noSettings are the flags that are not settings of a run.
var noSettings = []string{"config", "help", "help-all", "version"}

// LoadConfig sets the flags that the command line did not set from a YAML file of
// names and values. Unknown names and values that do not fit are errors that name
// the file.
func LoadConfig(fs *pflag.FlagSet, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return ApplyConfig(fs, text, "config "+path)
}

// ApplyConfig is LoadConfig with the text of the file; errors call it source.
func ApplyConfig(fs *pflag.FlagSet, text []byte, source string) error {
	err := eachSetting(text, func(name string, value any) error {
		flag := fs.Lookup(name)
		if flag == nil || slices.Contains(noSettings, flag.Name) {
			return fmt.Errorf("unknown setting %q%s", name, Near(name, flagNames(fs)))
		}
		if flag.Changed {
			return nil
		}
		flag.Changed = true // so that defaults that depend on other settings keep it
		return setFlag(flag, value)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	return nil
}

// Inherit sets those of the named flags that were not given from the config.yaml of a
// run. Everywhere else they still count as not given.
func Inherit(fs *pflag.FlagSet, config string, names ...string) error {
	return eachSetting([]byte(config), func(name string, value any) error {
		flag := fs.Lookup(name)
		if flag == nil || flag.Changed || !slices.Contains(names, flag.Name) {
			return nil
		}
		return setFlag(flag, value)
	})
}

// InheritAll sets the flags that were not given, but for a few, from the config.yaml of a
// run, and they count as given. What this program has no flag for is passed over.
func InheritAll(fs *pflag.FlagSet, config []byte, but ...string) error {
	but = append(but, noSettings...)
	return eachSetting(config, func(name string, value any) error {
		flag := fs.Lookup(name)
		if flag == nil || flag.Changed || slices.Contains(but, flag.Name) {
			return nil
		}
		flag.Changed = true
		return setFlag(flag, value)
	})
}

// eachSetting calls f for each line of a YAML text of names and values.
func eachSetting(text []byte, f func(name string, value any) error) error {
	var items yaml.MapSlice
	if err := settings.Unmarshal(text, &items); err != nil {
		return fmt.Errorf("expected lines of name: value: %w", err)
	}
	for _, s := range items {
		if !settings.IsScalar(s.Key) {
			return fmt.Errorf("a name is a %T, expected a string", s.Key)
		}
		if err := f(fmt.Sprint(s.Key), s.Value); err != nil {
			return err
		}
	}
	return nil
}

// SetText sets a flag to the text of a value, where it still counts as not given.
func SetText(flag *pflag.Flag, text string) error { return setFlag(flag, text) }

// setFlag sets a flag to a value of the file, which must have the flag's type: for a flag
// with several values a list, or one text as on the command line.
func setFlag(flag *pflag.Flag, value any) error {
	slice, takesList := flag.Value.(pflag.SliceValue)
	if list, ok := value.([]any); ok && takesList {
		texts := make([]string, len(list))
		for i, v := range list {
			if !settings.IsScalar(v) {
				return fmt.Errorf("%s: holds a %T, expected %s", flag.Name, v, kind(flag))
			}
			texts[i] = fmt.Sprint(v)
		}
		if err := slice.Replace(texts); err != nil {
			return fmt.Errorf("%s: value %v: expected %s", flag.Name, value, kind(flag))
		}
		return nil
	}
	if !settings.IsScalar(value) {
		return fmt.Errorf("%s: is a %T, expected %s", flag.Name, value, kind(flag))
	}
	if err := flag.Value.Set(fmt.Sprint(value)); err != nil {
		return fmt.Errorf("%s: value %v: expected %s", flag.Name, value, kind(flag))
	}
	return nil
}

// Resolved returns all settings as YAML that LoadConfig reads back, in the order of the
// flags, except those named in without. A text that YAML would not preserve, such as one
// with a control character, is an error.
func Resolved(fs *pflag.FlagSet, without ...string) ([]byte, error) {
	without = append(without, noSettings...)
	var items yaml.MapSlice
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || slices.Contains(without, f.Name) {
			return
		}
		var v any = f.Value.String()
		if slice, ok := f.Value.(pflag.SliceValue); ok {
			v = slice.GetSlice()
		} else if f.Value.Type() != "string" {
			// Numbers and booleans keep their types.
			_ = settings.Unmarshal([]byte(f.Value.String()), &v)
		}
		items = append(items, yaml.MapItem{Key: f.Name, Value: v})
	})
	for _, item := range items {
		if !holds(item) {
			return nil, fmt.Errorf("%v: %q has characters that a configuration file cannot hold", item.Key, item.Value)
		}
	}
	return yaml.Marshal(items)
}

// holds reports whether YAML preserves a setting.
func holds(item yaml.MapItem) bool {
	var back yaml.MapSlice
	text, err := yaml.Marshal(yaml.MapSlice{item})
	if err == nil {
		err = settings.Unmarshal(text, &back)
	}
	return err == nil && len(back) == 1 && fmt.Sprint(back[0].Value) == fmt.Sprint(item.Value)
}
