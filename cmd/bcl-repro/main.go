// Command bcl-repro trains and evaluates the runs of a published experiment and
// prints its table.
//
// Run "bcl-repro --help" for its flags.
package main

import (
	"os"

	"github.com/bcl-go/bcl/cmd/internal/bclrepro"
)

func main() {
	os.Exit(bclrepro.Main(os.Args[1:], os.Stdout, os.Stderr))
}
