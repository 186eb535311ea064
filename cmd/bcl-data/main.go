// Command bcl-data makes and inspects data sets and index lists.
//
// Run "bcl-data --help" for its sub-commands.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/bcldata"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

func main() {
	cli.Program("bcl-data", bcldata.Main)
}
