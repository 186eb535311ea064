// Command bcl-train trains SimCLR or Boosted Contrastive Learning on a set of
// images.
//
// Run "bcl-train --help" for its flags.
package main

import (
	"os"

	"github.com/bcl-go/bcl/bcl/cmd/train"
)

func main() {
	os.Exit(train.Main(os.Args[1:], os.Stdout, os.Stderr))
}
