package bclckpt

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/export"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const exportUsage = `Usage: bcl-ckpt export IN OUT --to hub|onnx|detectron2 [flags]

Writes the backbone of a run, or of any file that extract-backbone reads, for another
program, and prints the code that loads it there.

  bcl-ckpt export runs/a ~/my-model --to hub       folder for timm, transformers and
                                                   the Hugging Face Hub
  bcl-ckpt export runs/a backbone.onnx --to onnx   opset 17; normalises its input itself
  bcl-ckpt export runs/a d2.pth --to detectron2    for DetectionCheckpointer

The folder has model.safetensors, config.json and README.md, a model card with data,
settings and results: of --results (bcl-eval RUN --json), else of the run's last
evaluation. Paths of this machine are left out of it.
`

// exported is what an export is made of.
type exported struct {
	in       *input
	b        *ckpt.Extracted
	run      string // the run folder; "" without one
	results  string
	out      string
	snippet  string
	reported []string // files written
}

// exports are the targets of --to.
var exports = map[string]func(e *exported) error{"hub": toHub, "onnx": toONNX, "detectron2": toDetectron2}

func exportTo(c *call) error {
	f := cli.NewFlags(c.name)
	to := f.String("to", "", "target: hub, onnx or detectron2")
	results := f.String("results", "", "for hub: `FILE` of bcl-eval --json, for the model card")
	from := f.String("from", "", "naming `SCHEME` of IN; detected by default")
	branch := f.String("branch", "", "of a network with two branches: full (default) or pruned")
	share := f.Float64("prune-percent", 0.9, "share of the weights that are pruned, if the file has no masks")
	w := weights.Register(f)
	force := f.Bool("force", false, "replace OUT, or the files in it")
	args, err := c.parse(f, exportUsage, "IN", "OUT")
	if err != nil {
		return err
	}
	write := exports[*to]
	if write == nil {
		return cli.Usagef("--to is %q, expected hub, onnx or detectron2", *to)
	}
	if *results != "" && *to != "hub" {
		return cli.Usagef("--results does nothing with --to %s", *to)
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
	if err := checkExport(args[1], *to, *force); err != nil {
		return err
	}
	e := &exported{out: args[1], results: *results}
	path := args[0]
	if info, err := os.Stat(path); err == nil && info.IsDir() && run.HasCheckpoint(path) {
		e.run, path = path, run.File(path, run.CheckpointFile)
	}
	if e.in, err = open(path, w); err != nil {
		return err
	}
	defer e.in.Close()
	if e.b, err = e.in.Backbone(ckpt.BackboneOptions{From: source, Branch: ckpt.Branch(*branch), PruneShare: *share, Masks: e.in.Masks()}); err != nil {
		return err
	}
	if _, _, err := e.b.Sound(); err != nil {
		return fmt.Errorf("%s: %w", quote.Name(path), err)
	}
	if zeros := weights.Zeros(path, e.b); zeros != "" {
		fmt.Fprintf(c.log, "%s: %s\n", c.name, zeros)
	}
	if err := write(e); err != nil {
		return err
	}
	if reader := export.ReaderOf(e.b.Arch); *to == "hub" && reader.Timm == "" {
		fmt.Fprintf(c.log, "%s: timm and transformers cannot load it: %s\n", c.name, reader.Why)
	}
	fmt.Fprintf(c.log, "%s: %v: wrote %s\n", c.name, e.b.Arch, strings.Join(quote.Names(e.reported), ", "))
	_, err = io.WriteString(c.out, e.snippet)
	return err
}

// checkExport returns an error if OUT cannot or may not be written.
func checkExport(out, to string, force bool) error {
	endings := map[string][]string{"onnx": {".onnx"}, "detectron2": {".pth"}}[to]
	switch {
	case endings != nil && !slices.Contains(endings, filepath.Ext(out)):
		return cli.Usagef("%s: the ending %q, expected %s", quote.Name(out), filepath.Ext(out), endings[0])
	case endings != nil:
		return cli.CheckOut(out, force)
	}
	entries, err := os.ReadDir(out)
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return fmt.Errorf("%s: expected a folder, or a new name: %w", quote.Name(out), err)
	}
	for _, entry := range entries {
		ours := slices.Contains([]string{export.WeightsFile, export.ConfigFile, export.CardFile}, entry.Name())
		switch {
		case run.Owns(filepath.Join(out, run.ConfigFile)):
			return fmt.Errorf("%s is a run folder: choose another", quote.Name(out))
		case ours && !force:
			return fmt.Errorf("%s: the file exists; --force replaces it", quote.Name(filepath.Join(out, entry.Name())))
		}
	}
	return nil
}

func toHub(e *exported) error {
	card, err := e.card()
	if err != nil {
		return err
	}
	if err := export.Hub(e.out, e.b, card); err != nil {
		return err
	}
	n, err := export.NormalizationOf(e.b)
	if err != nil {
		return err
	}
	e.snippet = export.Snippet(strings.TrimSuffix(e.out, "/"), e.b.Arch, n)
	for _, name := range []string{export.WeightsFile, export.ConfigFile, export.CardFile} {
		e.reported = append(e.reported, filepath.Join(e.out, name))
	}
	return nil
}

func toONNX(e *exported) error {
	e.reported = []string{e.out}
	e.snippet = fmt.Sprintf(`import onnxruntime
net = onnxruntime.InferenceSession(%q)
features, = net.run(None, {"images": images})  # float32 in [0, 1], N x 3 x H x W -> N x %d
`, e.out, export.Features(e.b.Arch))
	hash, err := e.sha256()
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(e.out, func(w io.Writer) error {
		return export.ONNX(w, e.b, version.Commit(), map[string]string{"checkpoint_sha256": hash})
	})
}

func toDetectron2(e *exported) error {
	scheme, err := ckpt.FindScheme("detectron2")
	if err != nil {
		return err
	}
	depth := strings.TrimPrefix(e.b.Arch.Name(), "resnet")
	if e.b.Arch.Kernel != 7 || e.b.Arch.Width != 64 || depth == "" || depth == "10" {
		return fmt.Errorf("%v: Detectron2's ResNets have a stem of 7x7, a width of 64 and 18, 34, 50, 101 or 152 layers", e.b.Arch)
	}
	out, err := e.b.Rename(scheme)
	if err != nil {
		return err
	}
	// Detectron2's FrozenBatchNorm2d has no counter.
	out = slices.DeleteFunc(out, func(t ckpt.Tensor) bool { return strings.HasSuffix(t.Name, ".num_batches_tracked") })
	for i := range out {
		out[i].Name = "backbone.bottom_up." + out[i].Name
	}
	n, err := export.NormalizationOf(e.b)
	if err != nil {
		return err
	}
	var mean, std []float64 // of 0 to 255
	for i := range n.Mean {
		mean, std = append(mean, 255*n.Mean[i]), append(std, 255*n.Std[i])
	}
	e.reported = []string{e.out}
	out2 := 256
	if !e.b.Arch.Bottleneck {
		out2 = 64
	}
	e.snippet = fmt.Sprintf(`# A config with an FPN, such as COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml; for one
# without (C4), remove "bottom_up." by bcl-ckpt convert.
cfg.MODEL.WEIGHTS = %q
cfg.MODEL.RESNETS.DEPTH = %s
cfg.MODEL.RESNETS.RES2_OUT_CHANNELS = %d
cfg.MODEL.RESNETS.STRIDE_IN_1X1 = False
cfg.INPUT.FORMAT = "RGB"
cfg.MODEL.PIXEL_MEAN = [%.3f, %.3f, %.3f]
cfg.MODEL.PIXEL_STD = [%.3f, %.3f, %.3f]
`, e.out, depth, out2, mean[0], mean[1], mean[2], std[0], std[1], std[2])
	return ckpt.Save(e.out, out, ckpt.SaveOptions{Wrap: "model"})
}
