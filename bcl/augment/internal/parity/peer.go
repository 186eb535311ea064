package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// peer is a running peer.py; its docstring has the protocol.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

type request struct {
	Op   string    `json:"op"`
	W    int       `json:"w"`
	H    int       `json:"h"`
	Args []float64 `json:"args"`
}

func start(python, script string) (*peer, error) {
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
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &peer{cmd, in, bufio.NewReaderSize(out, 1<<16)}, nil
}

func (p *peer) close() {
	p.in.Close()
	p.cmd.Wait() // its status adds nothing: every answer has been read
}

func (p *peer) ask(r request, pix []byte, answer any) error {
	head, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := p.in.Write(append(head, '\n')); err != nil {
		return err
	}
	if _, err := p.in.Write(pix); err != nil {
		return err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no answer from the peer: %w", err)
	}
	return json.Unmarshal(line, answer)
}

func (p *peer) versions() (v map[string]string, err error) {
	err = p.ask(request{Op: "versions"}, nil, &v)
	return v, err
}

func (p *peer) call(op string, src *rgb.Image, args []float64) (*rgb.Image, error) {
	if args == nil {
		args = []float64{}
	}
	var size struct{ W, H int }
	if err := p.ask(request{op, src.W, src.H, args}, src.Pix, &size); err != nil {
		return nil, err
	}
	m := rgb.New(size.W, size.H)
	_, err := io.ReadFull(p.out, m.Pix)
	return m, err
}
