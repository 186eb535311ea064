package bcleval

import (
	files "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// A named protocol is the evaluation of a paper: settings of bcl-eval, as its released code
// has them, in named/NAME.yaml, and in named/NAME.STEM.yaml what is different with a stem.

//go:embed named/*.yaml
var named files.FS

// The protocols are named in package protocol, which presets are checked with.
func namedFile(name string) ([]byte, error) { return named.ReadFile("named/" + name + ".yaml") }

// namedSettings returns the settings of a protocol for networks with a stem.
func namedSettings(name, stem string) (settings.List, error) {
	text, err := namedFile(name)
	if err != nil {
		return nil, err
	}
	list, err := settings.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("protocol %s: %w", name, err)
	}
	special, err := namedFile(name + "." + stem)
	if err != nil {
		return list, nil // nothing is different
	}
	other, err := settings.Parse(special)
	for _, s := range other {
		list = list.With(s.Name, s.Value)
	}
	return list, err
}

// namedHelp lists what each protocol sets, for the help.
func namedHelp() string {
	const indent = 15
	var b strings.Builder
	b.WriteString("What --protocol NAME sets, unless flags say otherwise:\n")
	for _, name := range protocol.Named() {
		for _, file := range []string{name, name + "." + string(model.ImageNetStem)} {
			text, err := namedFile(file)
			if err != nil {
				continue // nothing is different with that stem
			}
			list, err := settings.Parse(text)
			if err != nil {
				panic(err) // embedded
			}
			words := make([]string, len(list))
			for i, s := range list {
				words[i] = s.Name + " " + s.Value
			}
			title := file
			if file != name {
				title, words[0] = "", "with the imagenet stem: "+words[0]
			}
			fmt.Fprintf(&b, "\n  %-*s%s", indent-2, title, cli.Wrap(strings.Join(words, ", "), indent, 79))
		}
	}
	return b.String()
}

// takeNamed takes the name of a protocol, at most one, out of --protocol.
func (o *options) takeNamed() error {
	for _, text := range o.protocolTexts {
		if !protocol.IsName(text) {
			continue
		}
		switch _, err := namedFile(text); {
		case err != nil || strings.Contains(text, "."):
			return cli.Usagef("--protocol %s is not one of %s, nor a specification such as '{name: 5-shot, shots: 5}'", text, strings.Join(protocol.Named(), ", "))
		case o.named != "":
			return cli.Usagef("--protocol %s and %s: one evaluation has one of them", o.named, text)
		}
		o.named = text
	}
	o.protocolTexts = slices.DeleteFunc(o.protocolTexts, protocol.IsName)
	return nil
}

// follow sets what no flag set as the named protocol has it. What classifiers are fitted on
// is the protocol's only if no flag says it.
func (o *options) follow() error {
	if o.named == "" {
		return nil
	}
	list, err := namedSettings(o.named, o.Stem)
	if err != nil {
		return err
	}
	given := len(o.protocolTexts)+len(o.shotWords)+len(o.shotLists)+len(o.probeLists) > 0
	for _, s := range list {
		f := o.flags.Lookup(s.Name)
		if f.Changed || given && slices.Contains([]string{"shots", "probe-train"}, f.Name) {
			continue
		}
		if err := cli.SetText(f, s.Value); err != nil {
			return fmt.Errorf("protocol %s: %w", o.named, err)
		}
	}
	return o.checkFlags()
}
