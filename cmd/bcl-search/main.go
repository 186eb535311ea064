// Command bcl-search finds the images that look most like others, by their features.
//
// Run "bcl-search --help" for its commands.
package main

import (
	_ "github.com/bcl-go/bcl/cgo/spin" // waiting threads sleep soon
	"github.com/bcl-go/bcl/cmd/internal/bclsearch"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch = torch.Version
	cli.Program("bcl-search", bclsearch.Main)
}
