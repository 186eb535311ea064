// Command bcl-eval measures how good the features of a trained network are: linear probe
// and nearest neighbours, over all classes and over groups of them.
//
// Run "bcl-eval --help" for its flags.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch = torch.Version
	cli.Program("bcl-eval", bcleval.Main)
}
