package bcldata

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset/fetch"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const fetchUsage = `Usage: bcl-data fetch cifar10|cifar100 [--to FOLDER] [--binary]

Downloads CIFAR-10 or CIFAR-100 (170 MB) from its publisher, checks its sha256,
unpacks it below FOLDER, and prints the path for --data. An interrupted download is
resumed; an existing copy is checked.

  bcl-data fetch cifar100 --to ~/data
`

func fetchCIFAR(c *call) error {
	fs := cli.NewFlags(c.name)
	var opt fetch.Options
	to := fs.String("to", ".", "the `FOLDER` to unpack into")
	binary := fs.Bool("binary", false, "fetch the binary form")
	python := fs.Bool("python", false, "fetch the Python form, which is the default")
	fs.StringVar(&opt.URL, "url", "", "`URL` of a folder that has the archives, such as a mirror (default: the publisher's)")
	if err := cli.ParseArgs(fs, c.args, fetchUsage, c.out); err != nil {
		return err
	}
	switch {
	case fs.NArg() != 1 || !slices.Contains(fetch.Names(), fs.Arg(0)):
		return cli.Usagef("data set %q, expected one of %s", strings.Join(fs.Args(), " "), strings.Join(fetch.Names(), ", "))
	case *binary && *python:
		return cli.Usagef("--binary and --python exclude each other")
	case *binary:
		opt.Form = fetch.Binary
	}
	path, err := cli.Download(c.ctx, fs.Arg(0), *to, opt, c.name, c.log)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, path)
	return nil
}
