// Command bcl-repro trains and evaluates the runs of a published experiment and
// prints its table.
//
// Run "bcl-repro --help" for its flags.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/bclrepro"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

func main() {
	cli.Program("bcl-repro", bclrepro.Main)
}
