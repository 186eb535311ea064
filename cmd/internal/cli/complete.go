package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Annotations of flags for completion and the schema.
const (
	valuesKey   = "values"    // all words that the flag takes
	examplesKey = "examples"  // some of them
	argumentKey = "arguments" // of the flag help: some words that the command takes without a flag
)

// Values says which words a flag takes: completion offers them, and the schema of --config
// files has no others.
func Values(fs *pflag.FlagSet, flag string, words ...string) { annotate(fs, flag, valuesKey, words) }

// Examples says some of the words that a flag takes.
func Examples(fs *pflag.FlagSet, flag string, words ...string) {
	annotate(fs, flag, examplesKey, words)
}

// Arguments says some of the words that a command, which has the flag --help, takes without a
// flag; files are others.
func Arguments(fs *pflag.FlagSet, words ...string) { annotate(fs, "help", argumentKey, words) }

func annotate(fs *pflag.FlagSet, flag, key string, words []string) {
	if len(words) == 0 {
		return
	}
	if err := fs.SetAnnotation(flag, key, words); err != nil {
		panic(err) // no such flag
	}
}

// complete writes what the last of some words may become, a candidate a line with a
// description behind a tab, and then what of the file system may be: ":file", ":dir" or
// ":none".
func complete(w io.Writer, fs *pflag.FlagSet, words []string) {
	word := lastOf(words)
	before := words[:max(0, len(words)-1)]
	if slices.Contains(before, "--") {
		fmt.Fprintln(w, ":file")
		return
	}
	// bash takes --flag=value for three words.
	n := len(before)
	if word == "=" && n > 0 {
		before, word, n = append(slices.Clone(before), "="), "", n+1
	}
	if n > 1 && before[n-1] == "=" && strings.HasPrefix(before[n-2], "--") {
		completeValue(w, fs.Lookup(before[n-2][2:]), "", word)
		return
	}
	if n > 0 && strings.HasPrefix(before[n-1], "--") && !strings.Contains(before[n-1], "=") {
		if f := fs.Lookup(before[n-1][2:]); f != nil && f.NoOptDefVal == "" {
			completeValue(w, f, "", word)
			return
		}
	}
	if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(word, "--") {
		completeValue(w, fs.Lookup(name[2:]), name+"=", value)
		return
	}
	if strings.HasPrefix(word, "-") {
		var flags []string
		fs.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				_, usage := pflag.UnquoteUsage(f)
				flags = append(flags, "--"+f.Name+"\t"+usage)
			}
		})
		offer(w, "", flags, word)
		fmt.Fprintln(w, ":none")
		return
	}
	if f := fs.Lookup("help"); f != nil {
		offer(w, "", f.Annotations[argumentKey], word)
	}
	fmt.Fprintln(w, ":file")
}

// completeValue writes the values of a flag that begin with what was typed; of a list the
// last one.
func completeValue(w io.Writer, f *pflag.Flag, prefix, typed string) {
	if f == nil {
		fmt.Fprintln(w, ":none")
		return
	}
	if i := strings.LastIndex(typed, ","); i >= 0 && kind(f) == aList {
		prefix, typed = prefix+typed[:i+1], typed[i+1:]
	}
	words := append(slices.Clone(f.Annotations[valuesKey]), f.Annotations[examplesKey]...)
	if kind(f) == aSwitch {
		words = []string{"true", "false"}
	}
	offer(w, prefix, words, prefix+typed)
	name := "" // in the help
	if strings.Contains(f.Usage, "`") {
		name, _ = pflag.UnquoteUsage(f)
	}
	switch {
	case strings.HasPrefix(name, "FILE"), name == "PATH":
		fmt.Fprintln(w, ":file")
	case slices.Contains([]string{"DIR", "FOLDER", "PLACE"}, name) || f.Name == "data":
		fmt.Fprintln(w, ":dir")
	default:
		fmt.Fprintln(w, ":none")
	}
}

// offer writes those words that, after the prefix, begin with what was typed.
func offer(w io.Writer, prefix string, words []string, typed string) {
	for _, v := range words {
		if strings.HasPrefix(prefix+v, typed) {
			fmt.Fprintln(w, prefix+v)
		}
	}
}

// Offer answers [Complete] with words alone.
func Offer(w io.Writer, words []string, typed string) {
	offer(w, "", words, typed)
	fmt.Fprintln(w, ":none")
}

func lastOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// checkValues returns an error unless the flags that were given have words that they take.
func checkValues(fs *pflag.FlagSet) (err error) {
	fs.Visit(func(f *pflag.Flag) {
		known, given := f.Annotations[valuesKey], []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			given = list.GetSlice()
		}
		for _, word := range given {
			if len(known) > 0 && !slices.Contains(known, word) && err == nil {
				err = Usagef("--%s is %q, expected one of %s", f.Name, word, strings.Join(known, ", "))
			}
		}
	})
	return err
}
