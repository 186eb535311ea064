// Package peer runs the Python programs that this module is compared with. They read
// requests from stdin and answer on stdout.
package peer

import (
	"bufio"
	"io"
	"os"
	"os/exec"
)

// Peer is a running program.
type Peer struct {
	In  io.WriteCloser
	Out *bufio.Reader
	cmd *exec.Cmd
}

// Start runs a script, which reports errors on stderr.
func Start(python, script string) (*Peer, error) {
	cmd := exec.Command(python, script)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &Peer{in, bufio.NewReaderSize(out, 1<<16), cmd}, cmd.Start()
}

// Close ends the program.
func (p *Peer) Close() {
	p.In.Close()
	p.cmd.Wait() // its status adds nothing: every answer has been read
}
