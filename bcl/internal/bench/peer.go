package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// peer is a running peer.py.
type peer struct {
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	versions string
}

func start(python, script string) (*peer, error) {
	p := &peer{cmd: exec.Command(python, script)}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.versions, err = p.line(); err != nil {
		p.close()
		return nil, fmt.Errorf("%s %s: %w", python, script, err)
	}
	return p, nil
}

func (p *peer) line() (string, error) {
	s, err := p.out.ReadString('\n')
	return strings.TrimSpace(s), err
}

// rate asks for one measurement.
func (p *peer) rate(task string, seconds float64) (float64, error) {
	if _, err := fmt.Fprintf(p.in, "%s %v\n", task, seconds); err != nil {
		return 0, err
	}
	s, err := p.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(s, 64)
}

func (p *peer) close() {
	p.in.Close()
	_ = p.cmd.Wait()
}
