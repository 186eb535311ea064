package bclckpt

import (
	"fmt"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/serialize"
)

const diffUsage = `Usage: bcl-ckpt diff A B [flags]

Compares the state dicts of two files, of any formats: names that only one has,
shapes, types, and of each tensor that differs the number of elements whose bits
differ and the largest absolute difference. The exit status is 0 if they are equal
(with --tolerance: within it), else 1.
`

func diff(c *call) error {
	f := cli.NewFlags(c.name)
	all := f.Bool("all", false, "compare all tensors and other values of the files, not only the state dicts")
	at := f.String("key", "", "key of the state dict in both files; found by default")
	names := f.String("names", "", "rename both to a `SCHEME` first")
	tolerance := f.Float64("tolerance", 0, "largest absolute difference that counts as equal")
	asJSON := f.Bool("json", false, "write JSON")
	args, err := c.parse(f, diffUsage, "A", "B")
	if err != nil {
		return err
	}
	if *all && (*at != "" || *names != "") {
		return cli.Usagef("--all and --key or --names exclude each other")
	}
	if !(*tolerance >= 0) {
		return cli.Usagef("--tolerance is %v, expected at least 0", *tolerance)
	}
	to, err := optionalScheme(*names)
	if err != nil {
		return err
	}
	var states [2][]ckpt.Tensor
	var values [2][]ckpt.Value
	for i, path := range args {
		file, err := ckpt.OpenWith(path, ckpt.OpenOptions{SkipUnknown: true})
		if err != nil {
			return err
		}
		defer file.Close()
		if err := weights.Skipped(file, false); err != nil {
			return err
		}
		if *all {
			states[i], values[i] = file.Leaves()
			continue
		}
		if states[i], _, _, err = file.State(*at); err != nil {
			return weights.Where(err)
		}
		if to != nil {
			if states[i], _, err = ckpt.Convert(states[i], ckpt.Options{To: to, Rest: ckpt.RestKeep}); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	result, err := ckpt.Diff(states[0], states[1], *tolerance)
	if err != nil {
		return err
	}
	result.A, result.B = args[0], args[1]
	result.DiffValues(values[0], values[1])
	if *asJSON {
		err = c.writeJSON(result)
	} else {
		err = c.differences(result)
	}
	if err == nil && !result.Within {
		err = errDiffer
	}
	return err
}

func (c *call) differences(r *ckpt.Comparison) error {
	for _, n := range r.OnlyA {
		fmt.Fprintf(c.out, "only in %s: %s\n", serialize.Quote(r.A), near(n, r.OnlyB))
	}
	for _, n := range r.OnlyB {
		fmt.Fprintf(c.out, "only in %s: %s\n", serialize.Quote(r.B), near(n, r.OnlyA))
	}
	for _, v := range r.Values {
		fmt.Fprintf(c.out, "%s = %s and %s\n", serialize.Quote(v.Name), oneLine(short(v.A)), oneLine(short(v.B)))
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for i, d := range r.Differ {
		if i == 0 {
			fmt.Fprintln(w, "tensor\tshape\ttype\tunequal\tlargest difference")
		}
		unequal, largest := fmt.Sprintf("%d of %d", d.Unequal, d.Elements), fmt.Sprintf("%.6g", float64(d.Max))
		if fmt.Sprint(d.Shapes[0]) != fmt.Sprint(d.Shapes[1]) {
			unequal, largest = "-", "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", serialize.Quote(d.Name), both(d.Shapes[0], d.Shapes[1]), both(d.DTypes[0], d.DTypes[1]), unequal, largest)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	verdict := "equal"
	if !r.Within {
		verdict = "not equal"
	} else if len(r.Differ) > 0 {
		verdict = "equal within the tolerance"
	}
	_, err := fmt.Fprintf(c.out, "%s: %d tensors equal, %d differ (largest difference %.6g), %d only in A, %d only in B\n",
		verdict, r.Equal, len(r.Differ), float64(r.Largest), len(r.OnlyA), len(r.OnlyB))
	return err
}

// near is a name with the nearest name of the other file.
func near(name string, other []string) string {
	if n := ckpt.Nearest(name, other); n != "" {
		return fmt.Sprintf("%s (nearest: %s)", serialize.Quote(name), serialize.Quote(n))
	}
	return serialize.Quote(name)
}

// both writes two values, or one if they are equal.
func both(a, b any) string {
	if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
		return x + " and " + y
	}
	return fmt.Sprint(a)
}
