// Command bcl-data makes and inspects data sets and index lists.
//
// Run "bcl-data --help" for its sub-commands.
package main

import (
	"os"

	"github.com/bcl-go/bcl/cmd/internal/bcldata"
)

func main() {
	os.Exit(bcldata.Main(os.Args[1:], os.Stdout, os.Stderr))
}
