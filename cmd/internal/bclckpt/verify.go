package bclckpt

import (
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

//go:embed check.py
var script string

const verifyUsage = `Usage: bcl-ckpt verify CHECKPOINT --against FEATURES.npy [flags]
       bcl-ckpt verify CHECKPOINT --out FEATURES.npy [flags]
       bcl-ckpt verify --print-script > check.py

Computes the features of a few images, the same everywhere, with our network and the
checkpoint's weights, and compares them with those that a Python script computed from
the same file with PyTorch and torchvision's ResNet, or another of timm's:

  bcl-ckpt verify --print-script > check.py
  python check.py model.pt features.npy
  bcl-ckpt verify model.pt --against features.npy

The exit status is 0 if no feature differs by more than --tolerance times the largest
feature, else 1. The images are normalised if the checkpoint has mean and std.
`

func verify(c *call) error {
	f := cli.NewFlags(c.name)
	print := f.Bool("print-script", false, "write the Python script to stdout")
	against := f.String("against", "", "compare with `FEATURES`.npy, N x D, float32")
	out := f.String("out", "", "write our features to `FILE`.npy")
	from := f.String("from", "", "naming `SCHEME` of the checkpoint; detected by default")
	branch := f.String("branch", "", "of a network with two: full (default) or pruned")
	share := f.Float64("prune-percent", 0.9, "the share of the weights that the pruned branch lacks, by magnitude")
	force := f.Bool("force", false, "replace the file of --out if it exists")
	w := weights.Register(f)
	size := f.Int("size", 0, "side of the images in `pixels`; 32 with the CIFAR stem, else 224")
	images := f.Int("images", 8, "number of images; with --against, as many as its rows")
	tolerance := f.Float64("tolerance", 1e-4, "largest difference, as a fraction of the largest feature")
	asJSON := f.Bool("json", false, "write JSON")
	c.args = slices.Clone(c.args)
	what := []string{"CHECKPOINT"}
	if slices.Contains(c.args, "--print-script") || slices.Contains(c.args, "--print_script") {
		what = nil
	}
	args, err := c.parse(f, verifyUsage, what...)
	if err != nil {
		return err
	}
	if *print {
		_, err := io.WriteString(c.out, script)
		return err
	}
	switch {
	case *against == "" && *out == "":
		return cli.Usagef("--against FEATURES.npy or --out FILE.npy is missing")
	case *images < 1 || *images > 4096 || *size < 0 || *size > 4096 || !(*tolerance >= 0):
		return cli.Usagef("images %d, size %d, tolerance %v: expected 1 to 4096, 0 to 4096 and at least 0", *images, *size, *tolerance)
	case !(*share >= 0 && *share < 1):
		return cli.Usagef("--prune-percent is %v, expected a share in [0, 1)", *share)
	}
	if err := checkBranch(ckpt.Branch(*branch)); err != nil {
		return err
	}
	if *out != "" {
		if err := cli.CheckOut(*out, *force); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	source, err := optionalScheme(*from)
	if err != nil {
		return err
	}
	var want *npy.Array
	if *against != "" {
		if want, err = features(*against); err != nil {
			return err
		}
		*images = want.Shape[0]
	}
	got, backbone, err := compute(args[0], w, *size, *images, ckpt.BackboneOptions{From: source, Branch: ckpt.Branch(*branch), PruneShare: *share})
	if err != nil {
		return err
	}
	arch := backbone.Arch.String()
	for _, n := range backbone.Report.Notes {
		fmt.Fprintf(c.log, "%s: note: %s\n", c.name, n)
	}
	if *out != "" {
		if err := atomicfile.WriteFile(*out, func(w io.Writer) error { return npy.Write(w, got) }); err != nil {
			return err
		}
		fmt.Fprintf(c.log, "%s: %v features of %s to %s\n", c.name, got.Shape, arch, *out)
	}
	if want == nil {
		return nil
	}
	v, err := judge(got, want, *tolerance)
	if err != nil {
		return fmt.Errorf("%s: %w", *against, err)
	}
	v.Checkpoint, v.Against, v.Network = args[0], *against, arch
	if *asJSON {
		err = c.writeJSON(v)
	} else {
		verdict := "the features agree"
		if !v.Agree {
			verdict = "the features DIFFER"
		}
		_, err = fmt.Fprintf(c.out, "%s: %d x %d of %s; largest difference %.3g, of features up to %.3g (%d equal bit for bit)\n",
			verdict, v.Images, v.Features, v.Network, float64(v.Largest), float64(v.Scale), v.Same)
	}
	if err == nil && !v.Agree {
		err = errDiffer
	}
	return err
}

// features reads N x D float32 values.
func features(path string) (*npy.Array, error) {
	a, err := npy.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if a.DType != dtype.Float32 || len(a.Shape) != 2 || a.Shape[0] < 1 || a.Shape[0] > 4096 || a.Shape[1] < 1 {
		return nil, fmt.Errorf("%s: %v of shape %v, expected float32, 1 to 4096 images x features", path, a.DType, a.Shape)
	}
	return a, nil
}

// verdict is the result of a comparison.
type verdict struct {
	Checkpoint string      `json:"checkpoint"`
	Against    string      `json:"against"`
	Network    string      `json:"network"`
	Images     int         `json:"images"`
	Features   int         `json:"features"`
	Largest    ckpt.Number `json:"largest_difference"`
	Scale      ckpt.Number `json:"largest_feature"`
	Same       int         `json:"equal_bit_for_bit"`
	Agree      bool        `json:"agree"`
}

func judge(got, want *npy.Array, tolerance float64) (*verdict, error) {
	if !slices.Equal(got.Shape, want.Shape) {
		return nil, fmt.Errorf("it has the shape %v, but our features %v", want.Shape, got.Shape)
	}
	x, err := got.Float32s()
	if err != nil {
		return nil, err
	}
	y, err := want.Float32s()
	if err != nil {
		return nil, err
	}
	v := &verdict{Images: got.Shape[0], Features: got.Shape[1], Agree: true}
	worst, scale := 0.0, 0.0
	for i := range x {
		d := math.Abs(float64(x[i]) - float64(y[i]))
		if math.IsNaN(d) {
			worst, v.Agree = d, false
		} else if d > worst {
			worst = d
		}
		if math.Float32bits(x[i]) == math.Float32bits(y[i]) {
			v.Same++
		}
		scale = max(scale, math.Abs(float64(y[i])))
	}
	if scale == 0 {
		return nil, fmt.Errorf("all features are 0: nothing to compare")
	}
	v.Largest, v.Scale = ckpt.Number(worst), ckpt.Number(scale)
	v.Agree = v.Agree && worst <= tolerance*scale
	return v, nil
}
