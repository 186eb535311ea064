package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/internal/peer"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// pillow is a running peer.py; its docstring has the protocol.
type pillow struct{ *peer.Peer }

type request struct {
	Op   string    `json:"op"`
	W    int       `json:"w"`
	H    int       `json:"h"`
	Args []float64 `json:"args"`
}

func (p pillow) ask(r request, pix []byte, answer any) error {
	head, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := p.In.Write(append(head, '\n')); err != nil {
		return err
	}
	if _, err := p.In.Write(pix); err != nil {
		return err
	}
	line, err := p.Out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no answer from the peer: %w", err)
	}
	return json.Unmarshal(line, answer)
}

func (p pillow) versions() (v map[string]string, err error) {
	err = p.ask(request{Op: "versions"}, nil, &v)
	return v, err
}

func (p pillow) call(op string, src *rgb.Image, args []float64) (*rgb.Image, error) {
	if args == nil {
		args = []float64{}
	}
	var size struct{ W, H int }
	if err := p.ask(request{op, src.W, src.H, args}, src.Pix, &size); err != nil {
		return nil, err
	}
	m := rgb.New(size.W, size.H)
	_, err := io.ReadFull(p.Out, m.Pix)
	return m, err
}
