// Package bclsearch is the command bcl-search: it makes indexes of features, changes them,
// finds neighbours of images, and measures how good they are.
package bclsearch

import (
	"context"
	"io"

	"github.com/spf13/pflag"

	_ "github.com/bcl-go/bcl/cgo/workdir" // says if the working directory is gone
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const usage = `Usage: bcl-search COMMAND [flags]

Finds the images whose features are most alike, by cosine similarity. Features come
from bcl-eval embed.

  bcl-eval embed runs/photos --out features
  bcl-search build index features
  bcl-search query index cat.jpg             neighbours of an image

Commands:
  build     make an index of a folder of features
  add       add another folder of features to an index
  remove    remove items by their ids
  query     find the neighbours of images, of items, or of a folder of features
  serve     a page that does so, on this machine
  evaluate  measure retrieval with labelled queries, and calibrate when two match

"bcl-search COMMAND --help" explains a command, --help-all all of them.
`

// call is one run of a sub-command: results go to out, everything else to log.
type call struct {
	ctx  context.Context
	name string // "bcl-search build"
	args []string
	out  io.Writer
	log  io.Writer
}

var commands = map[string]func(*call) error{"build": build, "add": add, "remove": remove, "query": query, "evaluate": evaluate, "serve": serve}

// Main runs bcl-search with the arguments after the program's name and returns its exit
// code.
func Main(args []string, stdout, stderr io.Writer) int {
	do := func(name string, run func(*call) error, args ...string) int {
		c := &call{name: "bcl-search " + name, args: args, out: stdout, log: stderr}
		return cli.Run(c.name, "ending", stderr, func(ctx context.Context) error {
			c.ctx = ctx
			return run(c)
		})
	}
	help := func(name string, run func(*call) error) int { return do(name, run, "--help") }
	run, code := cli.Choose("bcl-search", usage, "build, add, remove, query, serve and evaluate", commands, help, args, stdout, stderr)
	if code >= 0 {
		return code
	}
	return do(args[0], run, args[1:]...)
}

// parse reads the flags and returns the other arguments, which must be least to most (-1: any
// number), as what says.
func (c *call) parse(f *pflag.FlagSet, usage string, least, most int, what string) ([]string, error) {
	f.BoolP("help", "h", false, "show this help")
	if err := cli.ParseArgs(f, c.args, usage, c.out); err != nil {
		return nil, err
	}
	if f.NArg() < least || most >= 0 && f.NArg() > most {
		return nil, cli.Usagef("%d arguments, expected %s", f.NArg(), what)
	}
	return f.Args(), nil
}
