// Command bcl-data makes and inspects data sets and index lists.
//
// Run "bcl-data --help" for its sub-commands.
package main

import (
	"os"

	"github.com/bcl-go/bcl/bcl/cmd/data"
)

func main() {
	os.Exit(data.Main(os.Args[1:], os.Stdout, os.Stderr))
}
