// Package bclckpt is the command bcl-ckpt: it shows what is in files of weights, converts
// them between formats and naming schemes, compares them, extracts backbones, and
// verifies features against PyTorch.
package bclckpt

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/ckpt"
	_ "github.com/bcl-go/bcl/cgo/workdir" // says if the working directory is gone
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const usage = `Usage: bcl-ckpt COMMAND [flags]

Inspects and converts files of weights. It reads .pt and .pth (zip, and from
before PyTorch 1.6; of a whole module its weights), TorchScript archives, .pkl
(arrays or tensors), .safetensors, .npy and .npz, and never executes their
contents.

Commands:
  inspect           list what a file holds: names, shapes, types, sizes, hashes
  convert           change the format and the names (--from and --to, --map)
  diff              compare two files
  export            write the backbone for timm, transformers, ONNX or Detectron2
  extract-backbone  write the backbone alone, under torchvision's names
  verify            compare features with those that a Python script computes
  schemes           list the naming schemes

"bcl-ckpt COMMAND --help" explains a command, --help-all all of them.
`

// call is one run of a sub-command: results go to out, everything else to log.
type call struct {
	name string // "bcl-ckpt convert"
	args []string
	out  io.Writer
	log  io.Writer
}

var commands = map[string]func(*call) error{
	"inspect":          inspect,
	"convert":          convert,
	"diff":             diff,
	"export":           exportTo,
	"extract-backbone": extract,
	"verify":           verify,
	"schemes":          schemes,
}

// errDiffer ends a sub-command whose result, already written, is "not equal".
var errDiffer = errors.New("they differ")

// Main runs bcl-ckpt with the arguments after the program's name and returns its
// exit status: 0, 1 for a failure or a difference, 2 for wrong usage.
func Main(args []string, stdout, stderr io.Writer) int {
	do := func(name string, run func(*call) error, args ...string) int {
		c := &call{name: "bcl-ckpt " + name, args: args, out: stdout, log: stderr}
		err := run(c)
		if errors.Is(err, errDiffer) {
			return cli.Failure
		}
		return cli.Exit(c.name, err, stderr)
	}
	help := func(name string, run func(*call) error) int { return do(name, run, "--help") }
	run, code := cli.Choose("bcl-ckpt", usage, "inspect, convert, diff, export, extract-backbone, verify and schemes", commands, help, args, stdout, stderr)
	if code >= 0 {
		return code
	}
	return do(args[0], run, args[1:]...)
}

// parse reads the flags and returns the other arguments, which must be as many as what
// has names.
func (c *call) parse(f *pflag.FlagSet, usage string, what ...string) ([]string, error) {
	f.BoolP("help", "h", false, "show this help")
	if err := cli.ParseArgs(f, c.args, usage, c.out); err != nil {
		return nil, err
	}
	if f.NArg() != len(what) {
		return nil, cli.Usagef("%d arguments, expected %d: %v", f.NArg(), len(what), what)
	}
	return f.Args(), nil
}

// writeJSON writes a result for programs.
func (c *call) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// checkOut returns an error if a result cannot be written under a name: a wrong
// extension, or an existing file that may not be replaced.
func checkOut(path string, force bool) error {
	if err := ckpt.CheckOut(path); err != nil {
		return &cli.UsageError{Err: err}
	}
	return cli.CheckOut(path, force)
}
