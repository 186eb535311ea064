package bclckpt

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/serialize"
)

const inspectUsage = `Usage: bcl-ckpt inspect FILE [flags]

Lists every tensor of a file with its type, shape, bytes and the sha256 of its
elements (little-endian, in C order), the other values and metadata, and totals. All
checksums of the file are verified. Classes and functions that the file names and that
are not on the allow-list are listed, and skipped with what is made of them: nothing
in a file is executed, so --skip-unknown changes nothing here. Values that are not read
(tensors of float8 or complex numbers, arrays of text) are listed with their types. Of
whole modules (torch.save(model)) the tensors of the state dict are. The naming scheme and
the network are those of the state dict that --key, --strip and --map say.
`

func inspect(c *call) error {
	f := cli.NewFlags(c.name)
	asJSON := f.Bool("json", false, "write JSON")
	full := f.Bool("full-hash", false, "write all 64 digits of the hashes in the table")
	all := f.Bool("all-values", false, "list all values that are not tensors, also where there are many")
	w := weights.Register(f)
	args, err := c.parse(f, inspectUsage, "FILE")
	if err != nil {
		return err
	}
	info, err := w.Inspect(args[0])
	if err != nil {
		return err
	}
	if *asJSON {
		return c.writeJSON(info)
	}
	return c.table(info, *full, *all)
}

func (c *call) table(info *ckpt.Info, full, all bool) error {
	format := info.Format
	if n := len(info.Shards); n > 0 {
		format += fmt.Sprintf(" in %d files", n)
	}
	fmt.Fprintf(c.out, "%s: %s\n", serialize.Quote(info.Path), format)
	if info.Scheme != "" {
		fmt.Fprintf(c.out, "names: %s", info.Scheme)
		if info.Prefix != "" {
			fmt.Fprintf(c.out, ", below %q", info.Prefix)
		}
		fmt.Fprintln(c.out)
	}
	if info.Network != "" {
		fmt.Fprintf(c.out, "backbone: %s\n", info.Network)
	}
	if len(info.Networks) > 0 {
		fmt.Fprintf(c.out, "%d ResNets, below %s: --strip chooses one\n", len(info.Networks), weights.Some(info.Networks, 8, "..."))
	}
	if len(info.StateDicts) > 0 {
		fmt.Fprintf(c.out, "%d state dicts, at %s: --key chooses one\n", len(info.StateDicts), weights.Some(info.StateDicts, 8, "..."))
	}
	if info.Sealed {
		fmt.Fprintln(c.out, "sealed: the file's checksum is correct")
	}
	for _, n := range info.Unknown {
		fmt.Fprintf(c.out, "not on the allow-list: %s (skipped with the objects made by it; nothing is executed)\n", serialize.Quote(n))
	}
	if len(info.Classes) > 0 {
		fmt.Fprintf(c.out, "whole modules, of which the weights are read (nothing is executed): %s\n", weights.Some(info.Classes, 4, fmt.Sprintf("%d more", len(info.Classes)-4)))
	}
	for _, k := range slices.Sorted(maps.Keys(info.Metadata)) {
		fmt.Fprintf(c.out, "metadata %s: %s\n", serialize.Quote(k), oneLine(info.Metadata[k]))
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\ntensor\ttype\tshape\tbytes\tsha256")
	for _, t := range info.Tensors {
		hash := t.SHA256
		if !full {
			hash = hash[:16]
		}
		fmt.Fprintf(w, "%s\t%s\t%v\t%d\t%s\n", serialize.Quote(t.Name), t.DType, t.Shape, t.Bytes, hash)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, t := range info.Tensors {
		if t.Odd > 0 {
			fmt.Fprintf(c.out, "NaN or infinite: %d of the %d elements of %s\n", t.Odd, t.Elements, serialize.Quote(t.Name))
		}
	}
	for _, g := range info.Tied {
		fmt.Fprintf(c.out, "tied, one tensor: %s\n", weights.Some(g, 5, fmt.Sprintf("%d more", len(g)-5)))
	}
	if info.Frozen {
		fmt.Fprintln(c.out, "frozen: torch.jit.freeze made constants without names of its weights")
	}
	fmt.Fprintf(c.out, "\n%d tensors, %d elements, %d bytes\n", len(info.Tensors), info.Elements, info.Bytes)
	return c.values(info, all)
}

// values lists what is not a tensor, after a line without one. Unless all are asked for, of
// those below one key, such as a trainer's loops, only as many as fit on a screen are.
func (c *call) values(info *ckpt.Info, all bool) error {
	const most = 20
	list := info.Values
	unread := map[string]bool{} // always listed
	for _, v := range info.Unread {
		unread[v.Name] = true
	}
	key := func(v ckpt.Value) string {
		name, _, _ := strings.Cut(v.Name, ".")
		return name
	}
	below := map[string]int{}
	for _, v := range list {
		if !unread[v.Name] {
			below[key(v)]++
		}
	}
	if len(list) > 0 {
		fmt.Fprintln(c.out)
	}
	said := map[string]bool{}
	for _, v := range list {
		if k := key(v); !all && !unread[v.Name] && below[k] > most {
			if !said[k] {
				fmt.Fprintf(c.out, "%s: %d values (--all-values lists them)\n", serialize.Quote(k), below[k])
			}
			said[k] = true
			continue
		}
		fmt.Fprintf(c.out, "%s = %s\n", serialize.Quote(v.Name), oneLine(short(v.Value)))
	}
	return nil
}

// short truncates a value for a table.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return fmt.Sprintf("%s... (%d characters)", s[:i], utf8.RuneCountInString(s))
		}
		n++
	}
	return s
}

// oneLine is a text with escapes for what does not print, spaces aside.
func oneLine(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
