package front

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/third_party/notices"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

const manUsage = `Usage: bcl man DIR

Writes the manual pages of all commands, made of their flags, into a folder.

  bcl man ~/.local/share/man/man1 && man bcl-train
`

const schemaUsage = `Usage: bcl schema

Prints the JSON Schema of the files that "bcl train --config" reads, such as config.yaml:
names, types, values, defaults. Editors complete and check with it: the first line of a
file names it.

  bcl schema > bcl.schema.json
  # yaml-language-server: $schema=bcl.schema.json
`

const summary = "Boosted Contrastive Learning for long-tailed data"

func man(f *pflag.FlagSet, stdout, _ io.Writer) error {
	if f.NArg() != 1 {
		return cli.Usagef("%d arguments, expected one: a folder for the pages", f.NArg())
	}
	dir := f.Arg(0)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	write := func(name string, page []byte) error {
		path := filepath.Join(dir, name+".1")
		err := atomicfile.WriteFile(path, func(w io.Writer) error { _, err := w.Write(page); return err })
		if err == nil {
			_, err = fmt.Fprintln(stdout, path)
		}
		return err
	}
	var own bytes.Buffer
	if code := cli.Ask(cli.Man, Main, []string{summary}, &own, &own); code != cli.OK {
		return fmt.Errorf("the page of %s: %s", program, own.String())
	}
	if err := write(program, own.Bytes()); err != nil {
		return err
	}
	for _, c := range Commands {
		page, err := ask(c.Name, cli.Man, c.Summary)
		if err != nil {
			return err
		}
		if err := write(c.Program(), page); err != nil {
			return err
		}
	}
	return nil
}

func schema(f *pflag.FlagSet, stdout, _ io.Writer) error {
	if f.NArg() != 0 {
		return cli.Usagef("%d arguments, expected none", f.NArg())
	}
	text, err := ask("train", cli.Schema)
	if err == nil {
		_, err = stdout.Write(text)
	}
	return err
}

// ask asks the program of a command.
func ask(name string, q cli.Question, words ...string) ([]byte, error) {
	path := find(name)
	if path == "" {
		return nil, fmt.Errorf("%s-%s is not beside %s nor on the PATH: make build makes it", program, name, self())
	}
	c := exec.Command(path, append([]string{string(q)}, words...)...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

const licencesUsage = `Usage: bcl licences

Prints the licences of the work of others that the commands hold.
`

func licences(f *pflag.FlagSet, stdout, _ io.Writer) error {
	if f.NArg() != 0 {
		return cli.Usagef("%d arguments, expected none", f.NArg())
	}
	_, err := io.WriteString(stdout, notices.Text)
	return err
}
