// Command bcl-train trains SimCLR or Boosted Contrastive Learning on a set of
// images.
//
// Run "bcl-train --help" for its flags.
package main

import (
	"os"

	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch = torch.Version
	os.Exit(bcltrain.Main(os.Args[1:], os.Stdout, os.Stderr))
}
