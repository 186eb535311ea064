// Package bcldata is the command bcl-data: it makes long-tailed splits, inspects
// and verifies data sets, and writes them out as images.
package bcldata

import (
	"context"
	"io"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const usage = `Usage: bcl-data COMMAND [flags]

Makes and inspects data sets and index lists.

Commands:
  inspect   show the parts, classes and sizes of a data set or an index list
  split     make a long-tailed, balanced or few-shot index list (.npy)
  verify    decode every image, and name those that cannot be read
  export    write a data set as folders of PNG files
  fetch     download CIFAR-10 or CIFAR-100

A data set is "embedded" (textures drawn by the program, no files needed), a
folder with CIFAR-10 or CIFAR-100 in binary or Python form, or a folder of
images (JPEG, PNG, WebP, BMP, TIFF, GIF), with a sub-folder for each class (and
train/ and test/ above) or without labels.

"bcl-data COMMAND --help" explains a command, --help-all all of them.
`

// command is a sub-command's run: results go to out, everything else to log.
type command func(c *call) error

// call is one run of a sub-command.
type call struct {
	ctx  context.Context
	name string // "bcl-data split"
	args []string
	out  io.Writer
	log  io.Writer
}

var commands = map[string]command{
	"inspect": inspect,
	"split":   split,
	"verify":  verifyImages,
	"export":  export,
	"fetch":   fetchCIFAR,
}

// Main runs bcl-data with the arguments after the program's name and returns
// its exit status: 0, 1 for a failure, 2 for wrong usage. Results are written to
// stdout, progress and messages to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	do := func(name string, run command, args ...string) int {
		name = "bcl-data " + name
		return cli.Run(name, "ending", stderr, func(ctx context.Context) error {
			return run(&call{ctx: ctx, name: name, args: args, out: stdout, log: stderr})
		})
	}
	help := func(name string, run command) int { return do(name, run, "--help") }
	run, code := cli.Choose("bcl-data", usage, "inspect, split, verify, export and fetch", commands, help, args, stdout, stderr)
	if code >= 0 {
		return code
	}
	return do(args[0], run, args[1:]...)
}
