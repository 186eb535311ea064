package bclckpt

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
)

const extractUsage = `Usage: bcl-ckpt extract-backbone IN OUT [flags]

Writes the backbone alone, under torchvision's names or those of another scheme. It
must be complete: missing tensors and wrong shapes are an error that lists them.

  bcl-ckpt extract-backbone runs/a/model.pt backbone.pt

and in Python, for a ResNet-18 with the CIFAR stem,

  net = torchvision.models.resnet18()
  net.conv1, net.maxpool = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False), torch.nn.Identity()
  net.load_state_dict(torch.load("backbone.pt"), strict=False)   # all but fc
  net.fc = torch.nn.Identity()                                   # features

For SDCLR and BCL-D, --branch full is the network with all its weights, the one that
is evaluated. --branch pruned has the norms of the pruned branch, and the pruned
weights are zero: by the file's masks if it has them, else by magnitude.
`

func extract(c *call) error {
	f := cli.NewFlags(c.name)
	from := f.String("from", "", "naming `SCHEME` of IN; detected by default")
	to := f.String("to", "torchvision", "naming `SCHEME` of OUT")
	branch := f.String("branch", "", "of a network with two branches: full (default) or pruned")
	share := f.Float64("prune-percent", 0.9, "share of the weights that are pruned, if the file has no masks")
	w := weights.Register(f)
	wrap := f.String("wrap", "", "put the state dict below a `KEY` (.pt only)")
	force := f.Bool("force", false, "replace OUT if it exists")
	asJSON := f.Bool("json", false, "write the report as JSON")
	args, err := c.parse(f, extractUsage, "IN", "OUT")
	if err != nil {
		return err
	}
	if err := checkBranch(ckpt.Branch(*branch)); err != nil {
		return err
	}
	if !(*share >= 0 && *share < 1) {
		return cli.Usagef("--prune-percent is %v, expected a share in [0, 1)", *share)
	}
	source, err := optionalScheme(*from)
	if err != nil {
		return err
	}
	target, err := optionalScheme(*to)
	if err != nil {
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
	b, err := in.Backbone(ckpt.BackboneOptions{From: source, Branch: ckpt.Branch(*branch), PruneShare: *share, Masks: in.Masks()})
	if err != nil {
		return err
	}
	out, err := b.Rename(target)
	if err != nil {
		return err
	}
	b.Account(target, out)
	if err := ckpt.Save(args[1], out, in.saveOptions(args[1], *wrap, b.Report, ckpt.Options{To: target})); err != nil {
		return err
	}
	if err := c.account(args[1], b.Report, in, *asJSON); err != nil || *asJSON {
		return err
	}
	if b.Zeros > 0 {
		fmt.Fprintf(c.log, "%s: %d weights of the pruned branch are zero\n", c.name, b.Zeros)
	}
	_, err = fmt.Fprintf(c.out, "%s\n", b.Arch)
	return err
}
