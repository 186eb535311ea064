// Command bcl is one door to the commands: "bcl train" is bcl-train. It also checks the
// machine, completes command lines and writes manual pages.
//
// Run "bcl --help" for the list.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/front"
)

func main() {
	cli.Program("bcl", front.Main)
}
