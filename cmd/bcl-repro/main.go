// Command bcl-repro trains and evaluates the runs of a published experiment and
// prints its table.
//
// Run "bcl-repro --help" for its flags.
package main

import (
	"os"

	"github.com/bcl-go/bcl/bcl/cmd/repro"
)

func main() {
	os.Exit(repro.Main(os.Args[1:], os.Stdout, os.Stderr))
}
