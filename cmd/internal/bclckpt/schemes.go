package bclckpt

import (
	"fmt"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

const schemesUsage = `Usage: bcl-ckpt schemes

Lists the naming schemes: who uses each, and whether it has a projection head and two
branches.
`

func schemes(c *call) error {
	if _, err := c.parse(cli.NewFlags(c.name), schemesUsage); err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "scheme\tbranches\thead\tof")
	for _, s := range ckpt.Schemes() {
		branches := 1
		if s.Dual {
			branches = 2
		}
		head := string(s.Head)
		if head == "" {
			head = "-"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", s.Name, branches, head, s.About)
	}
	return w.Flush()
}

// schemeNames are the values of --from and --to.
func schemeNames() (names []string) {
	for _, s := range ckpt.Schemes() {
		names = append(names, s.Name)
	}
	return names
}
