// Package doctor is "bcl doctor": what of a machine and an installation bcl needs, and what to
// do about each thing that is missing. It does not link libtorch, which may be what is broken.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// Usage is the help above the flags.
const Usage = `Usage: bcl doctor [flags]

Checks what bcl needs: its programs, libtorch, GPU and driver, processor, memory and the
limits of a container, disks, the cache. Each line is "ok", "note" (it works, but...) or
"broken", with what to do. The exit code is 1 if something is broken.
`

// Flags adds the flags.
func Flags(f *pflag.FlagSet) {
	f.Bool("json", false, "write JSON")
}

// State is how a thing is.
type State string

// The states.
const (
	OK     State = "ok"
	Note   State = "note"   // it works, and could be better
	Broken State = "broken" // it does not work
)

// Finding is what was found about one thing.
type Finding struct {
	What   string `json:"what"`
	State  State  `json:"state"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; "" if it is ok
}

// Run checks the programs in the folder bin and the machine, and writes what was found. That
// something is broken is the error.
func Run(f *pflag.FlagSet, bin string, programs []string, stdout io.Writer) error {
	if f.NArg() != 0 {
		return cli.Usagef("%d arguments, expected none", f.NArg())
	}
	findings := look(host(bin, programs))
	write := table
	if asJSON, _ := f.GetBool("json"); asJSON {
		write = func(w io.Writer, list []Finding) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(list)
		}
	}
	if err := write(stdout, findings); err != nil {
		return err
	}
	var broken []string
	for _, x := range findings {
		if x.State == Broken {
			broken = append(broken, x.What)
		}
	}
	if broken != nil {
		return fmt.Errorf("broken: %s", strings.Join(broken, ", "))
	}
	return nil
}

// table writes the findings for people.
func table(w io.Writer, list []Finding) error {
	var b strings.Builder
	for _, x := range list {
		fmt.Fprintf(&b, "%-6s  %-10s  %s\n", x.State, x.What, strings.ReplaceAll(x.Found, "\n", "; "))
		if x.Advice != "" {
			fmt.Fprintf(&b, "%20s-> %s\n", "", x.Advice)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
