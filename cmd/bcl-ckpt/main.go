// Command bcl-ckpt looks into checkpoints, converts them between formats and
// between the names of other projects, compares and verifies them.
//
// Run "bcl-ckpt --help" for its sub-commands.
package main

import (
	"os"

	"github.com/bcl-go/bcl/bcl/cmd/ckpt"
)

func main() {
	os.Exit(ckpt.Main(os.Args[1:], os.Stdout, os.Stderr))
}
