package bclckpt

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/serialize"
)

const convertUsage = `Usage: bcl-ckpt convert IN OUT [flags]

Writes the state dict of IN to OUT, as .pt (.pth) or .safetensors by OUT's extension,
and reports every name on stdout. Without --to and --map names stay as they are.

  bcl-ckpt convert model.pt model.safetensors
  bcl-ckpt convert runs/a/model.pt resnet18.pt --to torchvision --rest drop
  bcl-ckpt convert last.pth ours.pt --to bcl --drop 'head.*' --wrap state_dict
  bcl-ckpt convert model.pt out.pt --map names.txt    lines REGEXP => NEW

Tensors that do not exist in the target are an error that lists them, unless --drop
or --rest says what to do with them. "bcl-ckpt schemes" lists the schemes. A prefix of
all names, DataParallel's "module." (torch.compile's "_orig_mod.", Lightning's
"model."), is removed when a scheme is given, and by --strip; --prefix adds one.

From .pt to .pt the versions of the modules (_metadata) are kept under the new names,
and between safetensors files their metadata. What is not converted is listed.
`

func convert(c *call) error {
	f := cli.NewFlags(c.name)
	from := f.String("from", "", "naming `SCHEME` of IN; detected by default")
	to := f.String("to", "", "naming `SCHEME` of OUT; names stay by default")
	drop := f.StringArray("drop", nil, "drop the names that match a `PATTERN` such as 'projector.*'; may be repeated")
	rest := f.String("rest", string(ckpt.RestError), "tensors that do not exist in the target: error, drop or keep")
	branch := f.String("branch", "", "from two branches to one: full or pruned (the norms of that branch; the weights stay unpruned)")
	fill := f.Bool("fill", false, "add tensors that the target's network has and IN lacks: the method's mean and std, a bias of zeros before a norm")
	cli.Values(f, "from", schemeNames()...)
	cli.Values(f, "to", schemeNames()...)
	cli.Values(f, "rest", string(ckpt.RestError), string(ckpt.RestDrop), string(ckpt.RestKeep))
	w := weights.Register(f)
	prefix := f.String("prefix", "", "add a `PREFIX` such as module. to the names")
	wrap := f.String("wrap", "", "put the state dict below a `KEY` such as state_dict (.pt only)")
	force := f.Bool("force", false, "replace OUT if it exists")
	asJSON := f.Bool("json", false, "write the report as JSON")
	args, err := c.parse(f, convertUsage, "IN", "OUT")
	if err != nil {
		return err
	}
	o := ckpt.Options{Drop: *drop, Rest: ckpt.Rest(*rest), Branch: ckpt.Branch(*branch), Prefix: *prefix, Fill: *fill}
	if !slices.Contains([]ckpt.Rest{ckpt.RestError, ckpt.RestDrop, ckpt.RestKeep}, o.Rest) {
		return cli.Usagef("--rest is %q, expected error, drop or keep", *rest)
	}
	if err := checkBranch(o.Branch); err != nil {
		return err
	}
	if *fill && *to == "" {
		return cli.Usagef("--fill without --to: there is no target whose tensors could be missing")
	}
	if *from != "" && *to == "" {
		return cli.Usagef("--from without --to: names would stay as they are")
	}
	if o.From, err = optionalScheme(*from); err != nil {
		return err
	}
	if o.To, err = optionalScheme(*to); err != nil {
		return err
	}
	if err := checkOut(args[1], *force); err != nil {
		return err
	}
	in, err := open(args[0], w)
	if err != nil {
		return err
	}
	defer in.Close()
	o.Strip, o.Map = in.Strip, in.Map
	out, report, err := ckpt.Convert(in.State, o)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], explain(err))
	}
	if err := ckpt.Save(args[1], out, in.saveOptions(args[1], *wrap, report, o)); err != nil {
		return err
	}
	if filepath.Ext(args[1]) == ".safetensors" { // a .pt keeps them one
		for _, g := range ckpt.Tied(out) {
			report.Notes = append(report.Notes, fmt.Sprintf("%s are one tensor in %s (tied weights), and copies in %s: tie them again after loading", weights.Some(g, 5, "..."), serialize.Quote(args[0]), serialize.Quote(args[1])))
		}
	}
	return c.account(args[1], report, in, *asJSON)
}

func checkBranch(b ckpt.Branch) error {
	if !slices.Contains([]ckpt.Branch{ckpt.Single, ckpt.Full, ckpt.Pruned}, b) {
		return cli.Usagef("--branch is %q, expected full or pruned", b)
	}
	return nil
}

func optionalScheme(name string) (*ckpt.Scheme, error) {
	if name == "" {
		return nil, nil
	}
	s, err := ckpt.FindScheme(name)
	if err != nil {
		return nil, &cli.UsageError{Err: err}
	}
	return s, nil
}

// account reports what happened to every name.
func (c *call) account(out string, r *ckpt.Report, in *input, asJSON bool) error {
	if asJSON {
		return c.writeJSON(struct {
			Out    string   `json:"out"`
			Key    string   `json:"place"`
			Beside []string `json:"left_behind"`
			*ckpt.Report
		}{out, in.Key, append([]string{}, in.Beside...), r})
	}
	for _, m := range r.Renamed {
		fmt.Fprintf(c.out, "%s -> %s\n", serialize.Quote(m.From), serialize.Quote(m.To))
	}
	for _, n := range r.Same {
		fmt.Fprintf(c.out, "%s\n", serialize.Quote(n))
	}
	for _, d := range r.Dropped {
		fmt.Fprintf(c.out, "dropped %s: %s\n", serialize.Quote(d.Name), d.Reason)
	}
	for _, a := range r.Added {
		fmt.Fprintf(c.out, "added %s: %s\n", serialize.Quote(a.Name), a.Reason)
	}
	if len(in.Beside) > 0 {
		fmt.Fprintf(c.out, "not converted, outside the state dict: %s\n", strings.Join(in.Beside, ", "))
	}
	names := ""
	if r.From != "" {
		names = " (" + r.From + r.Below()
		if r.To != "" {
			names += " to " + r.To
		}
		names += ")"
	}
	fmt.Fprintf(c.out, "%s: %d renamed, %d unchanged, %d dropped, %d unknown%s\n", serialize.Quote(out), len(r.Renamed), len(r.Same), len(r.Dropped), len(r.Unknown), names)
	for _, n := range r.Unknown {
		fmt.Fprintf(c.log, "%s: unknown name %s\n", c.name, serialize.Quote(n))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(c.log, "%s: note: %s\n", c.name, n)
	}
	return nil
}
